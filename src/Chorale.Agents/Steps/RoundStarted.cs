namespace Chorale.Agents;

/// <summary>The model is given the conversation.</summary>
/// <param name="Round">Which turn it is, from 1.</param>
public sealed record RoundStarted(int Round) : AgentStep(Round);
