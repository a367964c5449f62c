using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>What joins one of the answers.</summary>
sealed record ChatChunkChoice
{
    public required int Index { get; init; }

    public required ChatDelta Delta { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChatLogprobs? Logprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }

    /// <inheritdoc cref="ChatChoice.StopReason"/>
    public StopReason? StopReason { get; init; }

    /// <summary>The ids generated since the last chunk of this choice, headers included, where <c>return_token_ids</c> asks for them.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <inheritdoc cref="ChatChoice.Repairs"/>
    public IReadOnlyList<string>? Repairs { get; init; }
}
