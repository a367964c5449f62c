using System.Buffers;

namespace Chorale.Grammar;

/// <summary>Finds what a regular expression may not have where it is a terminal, because its meaning would lie outside of the terminal's own text.</summary>
/// <remarks>
/// Lookarounds, anchors and word boundaries see the neighbours; a lazy quantifier means the shortest of several matches, where here all of them are explored.
/// </remarks>
/// <param name="text">The grammar.</param>
/// <param name="offset">Where the pattern begins.</param>
/// <param name="pattern">The pattern.</param>
/// <param name="isExtended">Whether it has comments.</param>
sealed class LarkRegex(GrammarText text, int offset, string pattern, bool isExtended)
{
    static readonly SearchValues<char> InCounts = SearchValues.Create("0123456789,");

    int _next;

    /// <summary>Looks through the pattern. Whether it is well-formed is for others to say.</summary>
    /// <exception cref="GrammarSyntaxException">It has something of this kind.</exception>
    public void Check()
    {
        bool afterQuantifier = false;
        while (_next < pattern.Length)
        {
            ReadOnlySpan<char> rest = pattern.AsSpan(_next);
            if (afterQuantifier && rest[0] == '?')
                throw Error("Found a lazy quantifier: a terminal is any text that it can be; say what must not be inside of it instead.");
            int quantifier = rest[0] is '*' or '+' or '?' ? 1 : rest[0] == '{' ? CountLength(rest) : 0;
            afterQuantifier = quantifier > 0;
            if (afterQuantifier)
                _next += quantifier;
            else
                SkipAtom(rest);
        }
    }

    void SkipAtom(ReadOnlySpan<char> rest)
    {
        switch (rest)
        {
            case ['\\', 'b' or 'B' or 'A' or 'Z' or 'z' or 'G', ..]:
                throw Error($"Found {rest[..2]}: anchors and word boundaries are not supported in a terminal.");
            case ['^' or '$', ..]:
                throw Error($"Found {rest[0]}: anchors are not supported in a terminal, which is matched as a whole anyway.");
            case ['(', '?', '=' or '!', ..] or ['(', '?', '<', '=' or '!', ..]:
                throw Error("Found a lookahead or lookbehind: they are not supported in a terminal.");
            case ['\\', _, ..] or ['(', '?', ..]:
                _next += 2;
                break;
            case ['[', ..]:
                SkipClass();
                break;
            case ['#', ..] when isExtended:
                while (_next < pattern.Length && !GrammarText.IsLineBreak(pattern[_next]))
                    _next++;
                break;
            default:
                _next++;
                break;
        }
    }

    void SkipClass()
    {
        _next++;
        if (_next < pattern.Length && pattern[_next] == '^')
            _next++;
        int first = _next;    // a ] in the first place is a member
        while (_next < pattern.Length && (pattern[_next] != ']' || _next == first))
            _next += pattern[_next] == '\\' ? 2 : 1;
        _next++;
    }

    GrammarSyntaxException Error(string problem) => text.Error(offset + _next, problem);

    /// <summary>How long the count <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c> is that begins here; 0 where none does.</summary>
    static int CountLength(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOf('}');
        return end > 1 && !rest[1..end].ContainsAnyExcept(InCounts) ? end + 1 : 0;
    }
}
