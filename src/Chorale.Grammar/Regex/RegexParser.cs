using System.Globalization;

namespace Chorale.Grammar;

/// <summary>Reads the structure of a pattern; once.</summary>
sealed class RegexParser(string pattern, RegexFlags flags, bool isEcma)
{
    const int MaxLength = 65_536, MaxDepth = 256, MaxCount = 100_000, MaxSize = 200_000, MaxOptionalRun = 1_000;

    readonly RegexScanner _scanner = new(pattern, flags, isEcma);
    int _depth;

    public RegexNode Parse()
    {
        if (_scanner.Pattern.Length > MaxLength)
            throw _scanner.ErrorAt(MaxLength, $"This pattern is longer than {MaxLength} characters, the most that is supported.");
        RegexNode root = ParseChoice();
        if (!_scanner.IsAtEnd)
            throw _scanner.ErrorAt(_scanner.At, "Found ')' without its '('.");
        return root;
    }

    RegexNode ParseChoice()
    {
        int start = _scanner.At;
        RegexFlags outer = _scanner.Flags;
        List<RegexNode> options = [ParseSequence()];
        while (_scanner.TryRead('|'))
            options.Add(ParseSequence());
        _scanner.Flags = outer;
        CheckSize(options.Sum(option => option.Size), start);
        return RegexNode.Either(options);
    }

    RegexNode ParseSequence()
    {
        List<RegexNode> parts = [];
        int optionalRun = 0;
        long size = 0;
        while (true)
        {
            _scanner.SkipComments();
            if (_scanner.IsAtEnd || _scanner.Next is '|' or ')')
                return RegexNode.Join(parts);
            int start = _scanner.At;
            if (ParseTerm() is not { } term)
                continue;
            size += term.Size;
            CheckSize(size, start);
            optionalRun = term.IsNullable ? optionalRun + 1 : 0;
            if (optionalRun > MaxOptionalRun)
                throw _scanner.ErrorAt(start, $"More than {MaxOptionalRun} optional parts stand in a row, the most that is supported.");
            parts.Add(term);
        }
    }

    void CheckSize(long size, int position)
    {
        if (size > MaxSize)
            throw _scanner.ErrorAt(position, $"With its repetitions written out, this pattern has more than {MaxSize} characters, the most that is supported.");
    }

    /// <summary>An atom with its quantifier; null where it was a comment or set flags.</summary>
    RegexNode? ParseTerm()
    {
        int start = _scanner.At;
        if (_scanner.Next is '*' or '+' or '?' || IsCount())
            throw _scanner.ErrorAt(start, $"Found '{_scanner.Next}' with nothing before it to repeat.");
        int scalar = _scanner.ReadScalar();
        RegexNode? atom = scalar switch
        {
            '(' => ParseGroup(start),
            '[' => new RegexNode.Characters(_scanner.ReadClass()),
            '.' => new RegexNode.Characters(_scanner.Dot),
            '^' => new RegexNode.After(LineEnds, isAtStart: true),
            '$' => new RegexNode.Before(LineEnds, isAtEnd: true),
            '\\' => ParseEscape(start),
            _ => new RegexNode.Characters(_scanner.Literal(scalar)),
        };
        return atom is null ? null : ParseQuantifier(atom, start);
    }

    /// <summary>Where lines end, if that matters here.</summary>
    CharSet LineEnds => _scanner.Flags.HasFlag(RegexFlags.MultiLine) ? RegexScanner.LineEnds : CharSet.Nothing;

    RegexNode ParseEscape(int start)
    {
        switch (_scanner.Next)
        {
            case 'b' or 'B':
                bool isBoundary = _scanner.Next == 'b';
                _scanner.At++;
                return Boundary(_scanner.Word, isBoundary);
            case 'A' when !_scanner.IsEcma:
                _scanner.At++;
                return new RegexNode.After(CharSet.Nothing, isAtStart: true);
            case 'z' or 'Z' when !_scanner.IsEcma:
                _scanner.At++;
                return new RegexNode.Before(CharSet.Nothing, isAtEnd: true);
            default:
                int scalar = _scanner.ReadEscape(start, out CharSet? set);
                return new RegexNode.Characters(set ?? _scanner.Literal(scalar));
        }
    }

    /// <summary>Between a character of words and none, or where there is no such place.</summary>
    static RegexNode Boundary(CharSet word, bool isBoundary)
    {
        CharSet other = word.Complement();
        RegexNode.After afterWord = new(word, isAtStart: false), afterOther = new(other, isAtStart: true);
        RegexNode.Before beforeWord = new(word, isAtEnd: false), beforeOther = new(other, isAtEnd: true);
        return isBoundary
            ? RegexNode.Either(RegexNode.Join(afterWord, beforeOther), RegexNode.Join(afterOther, beforeWord))
            : RegexNode.Either(RegexNode.Join(afterWord, beforeWord), RegexNode.Join(afterOther, beforeOther));
    }

    RegexNode? ParseGroup(int start)
    {
        if (!_scanner.TryRead('?'))
            return ParseBody(start);
        if (_scanner.TryRead(':'))
            return ParseBody(start);
        if (_scanner.TryRead('='))
            return Lookahead(ParseBody(start), isNegated: false);
        if (_scanner.TryRead('!'))
            return Lookahead(ParseBody(start), isNegated: true);
        if (_scanner.TryRead("<="))
            return ParseLookbehind(start, isNegated: false);
        if (_scanner.TryRead("<!"))
            return ParseLookbehind(start, isNegated: true);
        if (_scanner.TryRead('<') || _scanner.TryRead("P<"))
        {
            SkipName();
            return ParseBody(start);
        }
        if (_scanner.TryRead('#'))
        {
            int end = _scanner.Pattern.IndexOf(')', _scanner.At);
            _scanner.At = end < 0 ? throw _scanner.ErrorAt(start, "Found '(?#' without its ')'.") : end + 1;
            return null;
        }
        string? refused = _scanner.Next switch
        {
            '>' => "an atomic group",
            '(' => "a condition",
            '|' => "a branch reset",
            'P' when _scanner.Peek(1) == '=' => "a backreference",
            'P' or 'R' or '&' or '+' or (>= '0' and <= '9') => "a recursion",
            '-' when char.IsAsciiDigit(_scanner.Peek(1)) => "a recursion",
            _ => null,
        };
        return refused is null ? ParseFlags(start) : throw _scanner.NotSupportedAt(start, refused);
    }

    /// <summary>What is in a group, up to its end.</summary>
    RegexNode ParseBody(int start)
    {
        if (++_depth > MaxDepth)
            throw _scanner.ErrorAt(start, $"Groups stand more than {MaxDepth} deep in each other, the most that is supported.");
        RegexNode body = ParseChoice();
        if (!_scanner.TryRead(')'))
            throw _scanner.ErrorAt(start, "Found '(' without its ')'.");
        _depth--;
        return body;
    }

    /// <summary>Where it looks no further than one character, the assertion on that: its language is plainer.</summary>
    static RegexNode Lookahead(RegexNode body, bool isNegated) => body switch
    {
        RegexNode.Characters next => isNegated ? new RegexNode.Before(next.Members.Complement(), isAtEnd: true) : new RegexNode.Before(next.Members, isAtEnd: false),
        RegexNode.Before next => isNegated ? new RegexNode.Before(next.Members.Complement(), !next.IsAtEnd) : next,
        RegexNode.After before => isNegated ? new RegexNode.After(before.Members.Complement(), !before.IsAtStart) : before,
        _ => new RegexNode.Lookahead(body, isNegated),
    };

    RegexNode.After ParseLookbehind(int start, bool isNegated)
    {
        RegexNode.After after = AsLookbehind(ParseBody(start))
            ?? throw _scanner.NotSupportedAt(start, "a lookbehind that is not of one character");
        return isNegated ? new(after.Members.Complement(), !after.IsAtStart) : after;
    }

    static RegexNode.After? AsLookbehind(RegexNode body)
    {
        switch (body)
        {
            case RegexNode.Characters characters:
                return new(characters.Members, isAtStart: false);
            case RegexNode.After after:
                return after;
            case RegexNode.Choice choice:
                RegexNode.After union = new(CharSet.Nothing, isAtStart: false);
                foreach (RegexNode option in choice.Options)
                {
                    if (AsLookbehind(option) is not { } one)
                        return null;
                    union = new(union.Members.Or(one.Members), union.IsAtStart || one.IsAtStart);
                }
                return union;
            default:
                return null;
        }
    }

    /// <summary>The name of a group; nothing refers to it, so that it only has to be well-formed.</summary>
    void SkipName()
    {
        int start = _scanner.At;
        while (char.IsLetterOrDigit(_scanner.Next) || _scanner.Next is '_' or '$')
            _scanner.At++;
        if (_scanner.At == start || char.IsAsciiDigit(_scanner.Pattern[start]) || !_scanner.TryRead('>'))
            throw _scanner.ErrorAt(start, "Expected the name of a group and '>'.");
    }

    /// <summary><c>(?i)</c>, to the end of the group around it, or <c>(?i-s:…)</c>.</summary>
    RegexNode? ParseFlags(int start)
    {
        RegexFlags outer = _scanner.Flags;
        bool isOff = false;
        while (true)
        {
            char letter = _scanner.Next;
            bool isFirst = _scanner.At == start + 2;
            _scanner.At += _scanner.IsAtEnd ? 0 : 1;
            switch (letter)
            {
                case ')' when !isFirst:
                    return null;
                case ':':
                    RegexNode body = ParseBody(start);
                    _scanner.Flags = outer;
                    return body;
                case '-' when !isOff:
                    isOff = true;
                    break;
                case 'a' when !isOff:
                    _scanner.Flags &= ~RegexFlags.Unicode;
                    break;
                case 'i' or 's' or 'm' or 'x' or 'u':
                    RegexFlags flag = FlagOf(letter);
                    _scanner.Flags = isOff ? _scanner.Flags & ~flag : _scanner.Flags | flag;
                    break;
                default:
                    throw _scanner.ErrorAt(start, $"Found '{_scanner.Pattern[start.._scanner.At]}'. Expected a known kind of group, or flags of 'imsxua'.");
            }
        }
    }

    static RegexFlags FlagOf(char letter) => letter switch
    {
        'i' => RegexFlags.IgnoreCase,
        's' => RegexFlags.DotAll,
        'm' => RegexFlags.MultiLine,
        'x' => RegexFlags.Extended,
        _ => RegexFlags.Unicode,
    };

    RegexNode ParseQuantifier(RegexNode atom, int start)
    {
        _scanner.SkipComments();
        int position = _scanner.At;
        if (!TryReadCounts(out int least, out int most))
            return atom;
        if (atom.HasAssertion && _scanner.Pattern[start] != '(')
            throw _scanner.ErrorAt(position, "Found a quantifier behind an anchor. Expected something to repeat before it.");
        if (_scanner.Next == '+')
            throw _scanner.NotSupportedAt(position, "a possessive quantifier");
        _scanner.TryRead('?');    // lazy: the same language
        if (_scanner.Next is '*' or '+' or '?' || IsCount())
            throw _scanner.ErrorAt(_scanner.At, "Found a quantifier behind another. Expected a group around what is repeated first.");
        if (most < least)
            throw _scanner.ErrorAt(position, $"Found a count of at least {least} and at most {most}.");
        return Repeat(atom, least, most, position);
    }

    RegexNode Repeat(RegexNode body, int least, int most, int position)
    {
        if (most == 0 || ReferenceEquals(body, RegexNode.Empty))
            return RegexNode.Empty;
        if (least == 1 && most == 1)
            return body;
        if (body is RegexNode.Repeat { HasAssertion: false } inner && AreContiguous(inner, least, most))
        {
            // (x{a,b}){c,d} is x{ac,bd}: fewer ways to read the same.
            long leastProduct = (long)inner.Least * least, mostProduct = (long)inner.Most * most;
            CheckSize(inner.Most == RegularExpression.Unbounded || most == RegularExpression.Unbounded ? leastProduct : mostProduct, position);
            bool isUnbounded = inner.Most == RegularExpression.Unbounded || most == RegularExpression.Unbounded;
            return new RegexNode.Repeat(inner.Body, (int)leastProduct, isUnbounded ? RegularExpression.Unbounded : (int)mostProduct, position);
        }
        return new RegexNode.Repeat(body, least, most, position);
    }

    /// <summary>Whether the counts of x in (x{a,b}){c,d} have no gaps.</summary>
    static bool AreContiguous(RegexNode.Repeat inner, long least, long most)
    {
        if (least == most)
            return true;
        if (inner.Most == RegularExpression.Unbounded)
            return least > 0 || inner.Least <= 1;
        return (least * inner.Most) + 1 >= (least + 1) * inner.Least;
    }

    bool TryReadCounts(out int least, out int most)
    {
        (least, most) = (0, RegularExpression.Unbounded);
        if (_scanner.TryRead('*'))
            return true;
        if (_scanner.TryRead('+'))
        {
            least = 1;
            return true;
        }
        if (_scanner.TryRead('?'))
        {
            most = 1;
            return true;
        }
        if (!IsCount())
            return false;
        _scanner.At++;
        least = most = ReadCount();
        if (_scanner.TryRead(','))
            most = _scanner.Next == '}' ? RegularExpression.Unbounded : ReadCount();
        _scanner.At++;
        return true;
    }

    /// <summary>Whether a count in braces is next; other braces are literals.</summary>
    bool IsCount()
    {
        if (_scanner.Next != '{')
            return false;
        int first = Digits(1), length = 1 + first;
        int second = 0;
        if (_scanner.Peek(length) == ',')
        {
            second = Digits(length + 1);
            length += 1 + second;
        }
        if (_scanner.Peek(length) != '}' || first + second == 0)
            return false;
        return first > 0 ? true : throw _scanner.ErrorAt(_scanner.At, "Found a count without its minimum, which languages read differently. Expected '{0,' in its place.");

        int Digits(int offset)
        {
            int count = 0;
            while (char.IsAsciiDigit(_scanner.Peek(offset + count)))
                count++;
            return count;
        }
    }

    int ReadCount()
    {
        int start = _scanner.At;
        while (char.IsAsciiDigit(_scanner.Next))
            _scanner.At++;
        string digits = _scanner.Pattern[start.._scanner.At];
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int count) && count <= MaxCount
            ? count
            : throw _scanner.ErrorAt(start, $"Found a count of {(digits.Length > 20 ? digits[..20] + "…" : digits)}. Expected at most {MaxCount}.");
    }
}
