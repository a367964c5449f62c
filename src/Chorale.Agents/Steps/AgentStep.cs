namespace Chorale.Agents;

/// <summary>Something that an agent did, in the order in which it happened.</summary>
/// <param name="Round">The turn of the model that it belongs to, from 1.</param>
public abstract record AgentStep(int Round);
