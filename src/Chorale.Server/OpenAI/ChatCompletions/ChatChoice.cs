using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>One of the answers to a request.</summary>
sealed record ChatChoice
{
    public required int Index { get; init; }

    public required ChatAnswer Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChatLogprobs? Logprobs { get; init; }

    public required string FinishReason { get; init; }

    /// <summary>The stop sequence, or the id of <c>stop_token_ids</c>, that ended it; null where neither did.</summary>
    public StopReason? StopReason { get; init; }

    /// <summary>All generated ids, where <c>return_token_ids</c> asks for them.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>Codes of what the parser repaired; null where the model kept to the format.</summary>
    public IReadOnlyList<string>? Repairs { get; init; }
}
