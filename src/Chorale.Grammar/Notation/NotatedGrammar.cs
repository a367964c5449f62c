namespace Chorale.Grammar;

/// <summary>A grammar as its notation has it; every reference in it has its rule. Immutable.</summary>
/// <param name="Text">What it was read from.</param>
/// <param name="Rules">By their names.</param>
/// <param name="Root">The rule of whole texts.</param>
sealed record NotatedGrammar(GrammarText Text, IReadOnlyDictionary<string, NotatedRule> Rules, string Root);
