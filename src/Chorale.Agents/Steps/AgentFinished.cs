namespace Chorale.Agents;

/// <summary>The run is over: the last step.</summary>
/// <param name="Round">The last turn.</param>
/// <param name="Result">What came of all of it.</param>
public sealed record AgentFinished(int Round, AgentResult Result) : AgentStep(Round);
