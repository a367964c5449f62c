namespace Chorale.Grammar;

/// <summary>A rule: a graph between two states.</summary>
/// <param name="Name">For people.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
sealed record RuleGraph(string Name, int Start, int End);
