namespace Chorale.Agents;

/// <summary>A call will be run.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Call">The call.</param>
public sealed record CallApproved(int Round, ToolCall Call) : AgentStep(Round);
