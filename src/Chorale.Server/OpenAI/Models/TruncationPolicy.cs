namespace Chorale.Server;

/// <summary>How long the output of a tool may be before an agent cuts it.</summary>
sealed record TruncationPolicy(string Mode, long Limit);
