using System.Text.Json;
using Chorale.Harmony;
using Chorale.Tokenization;

namespace Chorale.Server.Tests;

public class TokensTests
{
    static readonly Tokenizer Tokenizer = HarmonyEncoding.Default.Tokenizer;

    [Theory]
    [InlineData("""{"prompt":"Hello 👋 world"}""", "Hello 👋 world", false)]
    [InlineData("""{"content":"Hello 👋 world","add_special":true}""", "Hello 👋 world", false)]
    [InlineData("""{"content":"<|start|>x"}""", "<|start|>x", true)]
    [InlineData("""{"content":"<|start|>x","parse_special":false}""", "<|start|>x", false)]
    public async Task Text_becomes_ids(string request, string text, bool special)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        ApiAnswer answer = await server.PostAsync("/tokenize", request);

        int[] expected = special ? Tokenizer.EncodeWithSpecials(text) : Tokenizer.Encode(text);
        Assert.Equal(expected, answer["tokens"]!.Value.EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal((expected.Length, 131_072), (answer["count"]?.GetInt32(), answer["max_model_len"]?.GetInt32()));
    }

    [Fact]
    public async Task Pieces_are_text_or_bytes_where_they_are_no_text()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        ApiAnswer answer = await server.PostAsync("/tokenize", """{"content":"Hi 𒀀","with_pieces":true,"return_token_strs":true}""");

        List<JsonElement> pieces = [.. answer["tokens"]!.Value.EnumerateArray()];
        Assert.Equal("Hi", pieces[0].GetProperty("piece").GetString());
        Assert.Contains(pieces, piece => piece.GetProperty("piece").ValueKind == JsonValueKind.Array);
        byte[] bytes = [.. pieces.SelectMany(piece => piece.GetProperty("piece") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(b => b.GetByte())] : System.Text.Encoding.UTF8.GetBytes(piece.GetProperty("piece").GetString()!))];
        Assert.Equal("Hi 𒀀"u8.ToArray(), bytes);
        Assert.Equal(pieces.Count, answer["token_strs"]?.GetArrayLength());
    }

    [Fact]
    public async Task Ids_become_text_again()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        ApiAnswer answer = await server.PostAsync("/detokenize", $$"""{"tokens":[{{string.Join(',', Tokenizer.EncodeWithSpecials("<|start|>Hello 👋"))}}]}""");

        Assert.Equal(("<|start|>Hello 👋", "<|start|>Hello 👋"), (answer.Text("prompt"), answer.Text("content")));
    }

    [Fact]
    public async Task A_conversation_is_rendered_as_it_would_be_for_an_answer()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>final<|message|>Hi<|return|>");
        const string Request = """{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello"}],"reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}]}""";

        ApiAnswer template = await server.PostAsync("/apply-template", Request);
        ApiAnswer tokens = await server.PostAsync("/tokenize", Request);
        await server.PostAsync("/v1/chat/completions", Request);

        int[] prompt = ((Chat.ScriptedGenerator)server.Generator).Requests[0].Prompt.ToArray();
        Assert.Equal(prompt, template["tokens"]!.Value.EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(prompt, tokens["tokens"]!.Value.EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(Tokenizer.Decode(prompt), template.Text("prompt"));
        Assert.Contains("Reasoning: high", template.Text("prompt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_many_ids_that_their_texts_would_fill_the_memory_are_told_without_them()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");
        string text = string.Concat(Enumerable.Repeat("a b ", 600_000));

        Assert.True((await server.PostAsync("/tokenize", $$"""{"content":"{{text}}"}"""))["count"]?.GetInt32() > 1_000_000);
        (await server.PostAsync("/tokenize", $$"""{"content":"{{text}}","with_pieces":true}""")).AssertRefused(400, "invalid_value", "with_pieces");
    }

    [Theory]
    [InlineData("/tokenize", "{}", "prompt", "missing_required_parameter")]
    [InlineData("/tokenize", """{"content":1}""", "content", "invalid_type")]
    [InlineData("/detokenize", "{}", "tokens", "missing_required_parameter")]
    [InlineData("/detokenize", """{"tokens":[1,-1]}""", "tokens[1]", "integer_below_min_value")]
    [InlineData("/detokenize", """{"tokens":[4294967295]}""", "tokens[0]", "integer_above_max_value")]
    [InlineData("/apply-template", """{"messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    public async Task What_is_wrong_is_named_with_its_place(string path, string request, string param, string code)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        (await server.PostAsync(path, request)).AssertRefused(400, code, param);
    }
}
