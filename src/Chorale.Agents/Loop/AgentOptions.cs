using Chorale.Chat;

namespace Chorale.Agents;

/// <summary>How an agent works. Immutable.</summary>
public sealed record AgentOptions
{
    /// <summary>What the model is told to begin with, behind what <see cref="Session"/> says; null tells nothing more.</summary>
    public string? Instructions { get; init; }

    /// <summary>What it may call. The list is copied.</summary>
    public IReadOnlyList<AgentTools> Tools
    {
        get;
        init => field = [.. value ?? throw new ArgumentNullException(nameof(value))];
    } = [];

    /// <summary>
    /// How many rounds of calls there may be, at least 1. Then the model must answer from what it has; where it cannot be held to that, and calls again, the run ends.
    /// </summary>
    public int MaxRounds { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least 1 round."); } = 16;

    /// <summary>How calls are run.</summary>
    public ToolRunOptions Running { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>
    /// How the model is talked to. Turns are held to the shape of Harmony, and reasoning stays in the prompt until an answer has followed it, as the published chat template has it.
    /// </summary>
    public ChatSessionOptions Session { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new() { EnforceFormat = true, AnalysisDropping = Harmony.AnalysisDropping.Template };
}
