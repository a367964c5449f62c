using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;

namespace Chorale.Chat.Tests;

/// <summary>A chat client whose model plays given answers, on a day that stands still.</summary>
sealed class ScriptedClient
{
    readonly ScriptedGenerator _generator;

    public ScriptedClient(params string[] answers)
    {
        _generator = new(HarmonyEncoding.Default, answers);
        Client = new ChoraleChatClient(_generator, HarmonyEncoding.Default, new() { TimeProvider = new FixedTime() });
    }

    public IChatClient Client { get; }

    public IReadOnlyList<GenerationRequest> Requests => _generator.Requests;

    /// <summary>The prompts that the model was given, as text.</summary>
    public string[] Prompts => [.. Requests.Select(request => HarmonyEncoding.Default.Tokenizer.DecodeLossy(request.Prompt.Span))];

    /// <summary>A prompt behind its system message.</summary>
    public string Conversation(int request = 0) => Prompts[request][(Prompts[request].IndexOf("<|end|>", StringComparison.Ordinal) + "<|end|>".Length)..];

    sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
