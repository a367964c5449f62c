using Chorale.Chat;

namespace Chorale.Agents;

/// <summary>The model wrote something: a part of its turn began, grew or ended.</summary>
/// <param name="Round">The turn, from 1.</param>
/// <param name="Event">What happened.</param>
public sealed record ModelStep(int Round, TurnEvent Event) : AgentStep(Round);
