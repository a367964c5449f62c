using Chorale.Chat;

namespace Chorale.Agents;

/// <summary>A turn of the model is over, and the calls that it asked for are answered.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Turn">What the model said.</param>
/// <param name="Results">What came of its calls, in their order; empty where there were none.</param>
public sealed record RoundEnded(int Round, ChatTurn Turn, IReadOnlyList<ToolResult> Results) : AgentStep(Round);
