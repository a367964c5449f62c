namespace Chorale.Grammar;

/// <summary>Regular expressions as they are written: the common subset of ECMA-262 (with the <c>u</c> flag), Python and Rust that is regular.</summary>
/// <remarks>
/// Literals, classes, <c>\d \w \s</c> (ASCII digits and words, unless <see cref="RegexFlags.Unicode"/>), <c>\p{…}</c>, groups, alternatives, greedy and lazy quantifiers (the language is
/// the same), anchors, word boundaries, lookaheads, and lookbehinds of one character: all exact, wherever they stand. <c>.</c> matches no line end of ECMA-262; <c>$</c> is the very end.
/// What is left out is refused by name: backreferences, longer lookbehinds, atomic groups and possessive quantifiers, conditions, recursion.
/// </remarks>
static class RegexPattern
{
    /// <summary>The strings in which a pattern matches somewhere: <c>pattern</c> of JSON Schema.</summary>
    /// <exception cref="GrammarSyntaxException">It is malformed, or outside of the subset.</exception>
    public static RegularExpression Search(string pattern) =>
        RegexConversion.Search(new RegexParser(pattern, RegexFlags.None, isEcma: true).Parse());

    /// <summary>The strings that a pattern matches from start to end.</summary>
    /// <exception cref="GrammarSyntaxException">It is malformed, or outside of the subset.</exception>
    public static RegularExpression Whole(string pattern, RegexFlags flags = RegexFlags.None) =>
        RegexConversion.Whole(new RegexParser(pattern, flags, isEcma: false).Parse());
}
