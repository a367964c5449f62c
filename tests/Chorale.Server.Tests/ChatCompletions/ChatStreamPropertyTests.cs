using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Server.Tests;

public class ChatStreamPropertyTests
{
    static readonly string[] Pieces =
    [
        "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|return|>", "<|call|>", "<|endoftext|>", "assistant", "user", "analysis", "commentary", "final", " to=functions.f", " to=functions.nope", " to=",
        "json", "{\"a\":1}", "{", "}", "]", "Hello", " wörld 👋", "\n", "```", "{\"name\":\"f\",\"arguments\":{}}",
    ];

    [Fact]
    public async Task Whatever_the_model_writes_a_stream_adds_up_to_the_whole_answer()
    {
        ExchangedGenerator generator = new();
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        Arbitrary<string[]> turns = Gen.Elements(Pieces).ArrayOf().ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(turns, pieces => Adds(server, generator, string.Concat(pieces))));
    }

    static bool Adds(TestServerApp server, ExchangedGenerator generator, string text)
    {
        int[] ids = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text);
        if (ids.Length == 0)
            return true;
        generator.Inner = new(HarmonyEncoding.Default, [new ScriptedAnswer(ids)]);
        const string Request = """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}""";
        ApiAnswer answer = server.PostAsync("/v1/chat/completions", Request).GetAwaiter().GetResult();
        List<JsonElement> chunks = server.ChunksAsync("/v1/chat/completions", ChatCompletionTests.Streamed(Request)).GetAwaiter().GetResult();
        return answer.Status == 200
            && (answer.Text("choices.0.message.content") ?? "") == ChatCompletionTests.Joined(chunks, "content")
            && (answer.Text("choices.0.message.reasoning") ?? "") == ChatCompletionTests.Joined(chunks, "reasoning");
    }

    /// <summary>Plays another script each time.</summary>
    sealed class ExchangedGenerator : ITokenGenerator
    {
        public ScriptedGenerator Inner { get; set; } = new(HarmonyEncoding.Default, "<|return|>");

        public int ContextLength => Inner.ContextLength;

        public int VocabularySize => Inner.VocabularySize;

        public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default) => Inner.GenerateAsync(request, cancellationToken);
    }
}
