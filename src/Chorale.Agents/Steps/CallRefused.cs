namespace Chorale.Agents;

/// <summary>A call was not approved.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Call">The call.</param>
/// <param name="Reason">Why, as the model is told; null where nothing was said.</param>
public sealed record CallRefused(int Round, ToolCall Call, string? Reason) : AgentStep(Round);
