namespace Chorale.Grammar;

/// <summary>A regular expression or grammar that is malformed, or uses what is not supported, at a place.</summary>
/// <param name="line">Of the place, from 1.</param>
/// <param name="column">Of the place, from 1, in UTF-16 units.</param>
/// <param name="problem">What was found and what was expected.</param>
public sealed class GrammarSyntaxException(int line, int column, string problem)
    : GrammarException($"Line {line}, column {column}: {problem}")
{
    /// <summary>Where, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Where, from 1, in UTF-16 units.</summary>
    public int Column { get; } = column;

    /// <summary>The message without the place.</summary>
    public string Problem { get; } = problem;
}
