using Chorale.Harmony;

namespace Chorale.Agents;

/// <summary>What came of a call.</summary>
public sealed record ToolResult
{
    /// <summary>The call.</summary>
    public required ToolCall Call { get; init; }

    /// <summary>How it ended.</summary>
    public required ToolOutcome Outcome { get; init; }

    /// <summary>What the model is told: the result, or what went wrong.</summary>
    public required string Text { get; init; }

    /// <summary>Whether the result was longer than it may be; its end is left out, and the text says so.</summary>
    public bool IsCut { get; init; }

    /// <summary>How long it ran; zero where it did not.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What the function threw.</summary>
    public Exception? Exception { get; init; }

    /// <summary>The message that answers the call.</summary>
    public Message ToMessage() => Call.Harmony.ToResult(Text);
}
