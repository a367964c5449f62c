namespace Chorale.Grammar;

/// <summary>A rule as its notation has it.</summary>
/// <param name="Name">Unique in its grammar.</param>
/// <param name="Body">What it describes.</param>
/// <param name="IsTerminal">Whether it must be regular, and is best read in one piece.</param>
sealed record NotatedRule(string Name, NotatedExpression Body, bool IsTerminal);
