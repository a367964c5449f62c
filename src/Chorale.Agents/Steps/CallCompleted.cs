namespace Chorale.Agents;

/// <summary>A call has its result, or will never have one.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Result">What came of it.</param>
public sealed record CallCompleted(int Round, ToolResult Result) : AgentStep(Round);
