using System.Text.Json;

namespace Chorale.Server;

/// <summary>A part of an item's content.</summary>
sealed record OutputPart
{
    /// <summary><c>output_text</c>, <c>reasoning_text</c>, <c>summary_text</c>.</summary>
    public required string Type { get; init; }

    public required string Text { get; init; }

    /// <summary>Of an output text; always empty.</summary>
    public IReadOnlyList<JsonElement>? Annotations { get; init; }

    /// <summary>Of an output text; empty unless they were asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }

    public static OutputPart Output(string text, IReadOnlyList<TokenLogprob>? logprobs = null) => new() { Type = "output_text", Text = text, Annotations = [], Logprobs = logprobs ?? [] };

    public static OutputPart Reasoning(string text) => new() { Type = "reasoning_text", Text = text };

    public static OutputPart Summary(string text) => new() { Type = "summary_text", Text = text };
}
