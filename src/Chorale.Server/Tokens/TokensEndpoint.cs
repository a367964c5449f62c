using System.Globalization;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Tokenization;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary><c>POST /tokenize</c>, <c>/detokenize</c> and <c>/apply-template</c>, in the forms of vLLM and of llama-server.</summary>
sealed class TokensEndpoint(ServerState state, ReasoningCache cache)
{
    /// <summary>More ids than these are told without their texts, which would take some hundred bytes each.</summary>
    const int MaxPieces = 1_000_000;

    readonly ChatCompletionReader _reader = new(state, cache);

    /// <summary>Bodies may be large: as many at a time as there are processors are worked on. Answers of the model wait elsewhere.</summary>
    readonly Admission _places = new(Environment.ProcessorCount, state.Options.QueueLength, state.Time);

    readonly HashSet<string> _specials = [.. state.Model.Encoding.Tokenizer.SpecialTokens.Keys];

    Tokenizer Tokenizer => state.Model.Encoding.Tokenizer;

    /// <summary>Text or a conversation into ids.</summary>
    public async Task TokenizeAsync(HttpContext context)
    {
        using Admission.Place place = await EnterAsync(context);
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        RequestObject request = RequestObject.Root(body.RootElement);
        int[] ids = request.Has("messages") ? Render(request) : Encode(request, request.Get("prompt") ?? request.Get("content") ?? throw ApiException.Missing("prompt"));
        bool withPieces = request.OptionalBoolean("with_pieces") ?? false;
        bool withTexts = request.OptionalBoolean("return_token_strs") ?? false;
        if ((withPieces || withTexts) && ids.Length > MaxPieces)
            throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid '{request.PathOf(withPieces ? "with_pieces" : "return_token_strs")}': {ids.Length} ids are too many to be spelled. Expected at most {MaxPieces}."), request.PathOf(withPieces ? "with_pieces" : "return_token_strs"), "invalid_value");
        TokenizeResult result = new([.. ids.Select(id => new TokenPiece(id, withPieces ? BytesOf(id) : null))], state.Model.ContextLength)
        {
            TokenStrs = withTexts ? [.. ids.Select(id => Logprobs.TextOf(Tokenizer, id))] : null,
        };
        await JsonAnswer.WriteAsync(context, result, ChatJson.Default.TokenizeResult);
    }

    /// <summary>Ids into text.</summary>
    public async Task DetokenizeAsync(HttpContext context)
    {
        using Admission.Place place = await EnterAsync(context);
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        RequestObject request = RequestObject.Root(body.RootElement);
        int[] ids = [.. request.Require("tokens").Array().Select(id => (int)id.Integer(0, Tokenizer.VocabularySize - 1))];
        await JsonAnswer.WriteAsync(context, new DetokenizeResult(Tokenizer.DecodeLossy(ids)), ChatJson.Default.DetokenizeResult);
    }

    /// <summary>A conversation as the model is given it.</summary>
    public async Task ApplyTemplateAsync(HttpContext context)
    {
        using Admission.Place place = await EnterAsync(context);
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        int[] ids = Render(RequestObject.Root(body.RootElement));
        await JsonAnswer.WriteAsync(context, new TemplateResult(Tokenizer.DecodeLossy(ids), ids), ChatJson.Default.TemplateResult);
    }

    async Task<Admission.Place> EnterAsync(HttpContext context)
    {
        Admission.Place place = _places.Enter();
        try
        {
            await place.WaitAsync(context.RequestAborted);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
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
