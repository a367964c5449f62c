using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Agents;

/// <summary>What came of a run.</summary>
public sealed record AgentResult
{
    /// <summary>The answer; empty where there is none.</summary>
    public required string Text { get; init; }

    /// <summary>Why it ended.</summary>
    public required AgentFinish Finish { get; init; }

    /// <summary>How many turns the model had.</summary>
    public required int Rounds { get; init; }

    /// <summary>The calls and what came of them, in the order of the conversation.</summary>
    public required IReadOnlyList<ToolResult> Calls { get; init; }

    /// <summary>What the run added to the conversation, the messages that it was given included.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>The cost of all turns.</summary>
    public required ChatUsage Usage { get; init; }

    /// <summary>The model's last turn.</summary>
    public required ChatTurn LastTurn { get; init; }
}
