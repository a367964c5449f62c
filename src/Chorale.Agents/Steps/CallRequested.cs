namespace Chorale.Agents;

/// <summary>The model asks for a call.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Call">The call.</param>
public sealed record CallRequested(int Round, ToolCall Call) : AgentStep(Round);
