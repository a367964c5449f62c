using Chorale.Agents;

namespace Chorale.Cli;

/// <summary>The tools of a conversation.</summary>
/// <param name="Tools">What may be called.</param>
/// <param name="ApprovesAll">Whether commands are run without asking.</param>
/// <param name="MaxRounds">How many rounds of calls there may be.</param>
sealed record ToolSettings(IReadOnlyList<AgentTools> Tools, bool ApprovesAll, int MaxRounds);
