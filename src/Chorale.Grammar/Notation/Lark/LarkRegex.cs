namespace Chorale.Grammar;

/// <summary>What a regular expression may not have where it is a terminal, because its meaning would lie outside of the terminal's own text.</summary>
/// <remarks>
/// Lookarounds, anchors and word boundaries see the neighbours; a lazy quantifier means the shortest of several matches, where here all of them are explored.
/// </remarks>
static class LarkRegex
{
    /// <param name="text">The grammar.</param>
    /// <param name="offset">Where the pattern begins.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="isExtended">Whether it has comments.</param>
    /// <exception cref="GrammarSyntaxException">It has one of these.</exception>
    public static void Check(GrammarText text, int offset, string pattern, bool isExtended)
    {
        bool inClass = false, afterQuantifier = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            bool wasQuantifier = afterQuantifier;
            afterQuantifier = false;
            ReadOnlySpan<char> rest = pattern.AsSpan(i);
            switch (pattern[i])
            {
                case '\\':
                    if (!inClass && rest is [_, 'b' or 'B' or 'A' or 'Z' or 'z' or 'G', ..])
                        throw text.Error(offset + i, $"Found {rest[..2]}: anchors and word boundaries are not supported in a terminal.");
                    i++;
                    break;
                case ']' when inClass:
                    inClass = false;
                    break;
                case '[' when !inClass:
                    inClass = true;
                    if (rest is [_, '^', ..])
                        i++;
                    if (pattern.AsSpan(i) is [_, ']', ..])
                        i++;    // a first ] is a member
                    break;
                case '#' when isExtended && !inClass:
                    while (i + 1 < pattern.Length && !GrammarText.IsLineBreak(pattern[i + 1]))
                        i++;
                    break;
                case '^' or '$' when !inClass:
                    throw text.Error(offset + i, $"Found {pattern[i]}: anchors are not supported in a terminal, which is matched as a whole anyway.");
                case '(' when !inClass && rest is [_, '?', '=' or '!', ..] or [_, '?', '<', '=' or '!', ..]:
                    throw text.Error(offset + i, "Found a lookahead or lookbehind: they are not supported in a terminal.");
                case '(' when !inClass && rest is [_, '?', ..]:
                    i++;
                    break;
                case '?' when wasQuantifier:
                    throw text.Error(offset + i, "Found a lazy quantifier: a terminal is any text that it can be; say what must not be inside of it instead.");
                case '*' or '+' or '?' when !inClass:
                    afterQuantifier = true;
                    break;
                case '{' when !inClass && CountLength(rest) is int length and > 0:
                    i += length - 1;
                    afterQuantifier = true;
                    break;
            }
        }
    }

    /// <summary>How long the count <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c> is that begins here; 0 where none does.</summary>
    static int CountLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('}');
        return end > 1 && text[1..end].IndexOfAnyExcept("0123456789,") < 0 ? end + 1 : 0;
    }
}
