using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>One of the continuations, or what joins it.</summary>
sealed record TextChoice
{
    public required int Index { get; init; }

    public required string Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TextLogprobs? Logprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }

    /// <summary>The stop text or stop id that ended it; null where another thing did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public StopReason? StopReason { get; init; }

    /// <summary>The ids of the prompt, where <c>return_token_ids</c> asks for them; in a stream on the first event of each choice.</summary>
    public IReadOnlyList<int>? PromptTokenIds { get; init; }

    /// <summary>The generated ids, the stop id included, where <c>return_token_ids</c> asks for them; in a stream those since the last event.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }
}
