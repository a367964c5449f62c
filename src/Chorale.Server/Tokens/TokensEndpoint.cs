using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Tokenization;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary><c>POST /tokenize</c>, <c>/detokenize</c> and <c>/apply-template</c>, in the forms of vLLM and of llama-server.</summary>
sealed class TokensEndpoint(ServerState state, ReasoningCache cache)
{
    readonly ChatCompletionReader _reader = new(state, cache);
    readonly HashSet<string> _specials = [.. state.Model.Encoding.Tokenizer.SpecialTokens.Keys];

    Tokenizer Tokenizer => state.Model.Encoding.Tokenizer;

    /// <summary>Text or a conversation into ids.</summary>
    public async Task TokenizeAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        RequestObject request = RequestObject.Root(body.RootElement);
        int[] ids = request.Has("messages") ? Render(request) : Encode(request, request.Get("prompt") ?? request.Get("content") ?? throw ApiException.Missing("prompt"));
        bool withPieces = request.OptionalBoolean("with_pieces") ?? false;
        TokenizeResult result = new([.. ids.Select(id => new TokenPiece(id, withPieces ? BytesOf(id) : null))], state.Model.ContextLength)
        {
            TokenStrs = request.OptionalBoolean("return_token_strs") == true ? [.. ids.Select(id => Logprobs.TextOf(Tokenizer, id))] : null,
        };
        await JsonAnswer.WriteAsync(context, result, ChatJson.Default.TokenizeResult);
    }

    /// <summary>Ids into text.</summary>
    public async Task DetokenizeAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        RequestObject request = RequestObject.Root(body.RootElement);
        int[] ids = [.. request.Require("tokens").Array().Select(id => (int)id.Integer(0, Tokenizer.VocabularySize - 1))];
        await JsonAnswer.WriteAsync(context, new DetokenizeResult(Tokenizer.DecodeLossy(ids)), ChatJson.Default.DetokenizeResult);
    }

    /// <summary>A conversation as the model is given it.</summary>
    public async Task ApplyTemplateAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        int[] ids = Render(RequestObject.Root(body.RootElement));
        await JsonAnswer.WriteAsync(context, new TemplateResult(Tokenizer.DecodeLossy(ids), ids), ChatJson.Default.TemplateResult);
    }

    int[] Encode(RequestObject request, RequestValue text) =>
        request.OptionalBoolean("parse_special") ?? true ? Tokenizer.EncodeWithSpecials(text.Text(), _specials) : Tokenizer.Encode(text.Text());

    int[] Render(RequestObject request)
    {
        ChatCompletionRequest chat = _reader.Read(request);
        try
        {
            return state.Model.NewSession(chat.Options).RenderPrompt(chat.Messages);
        }
        catch (HarmonyException e)
        {
            throw ApiException.Invalid(e.Message, "messages", "invalid_value");
        }
    }

    byte[] BytesOf(int id) => Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) ? bytes.ToArray() : [];
}
