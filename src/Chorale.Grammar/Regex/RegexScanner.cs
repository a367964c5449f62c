using System.Globalization;
using System.Text;

namespace Chorale.Grammar;

/// <summary>The characters of a pattern, one after the other: literals, escapes and classes, as the sets that they match.</summary>
sealed class RegexScanner(string pattern, RegexFlags flags, bool isEcma)
{
    static readonly CharSet AsciiDigits = CharSet.Range('0', '9');
    static readonly CharSet AsciiWord = CharSet.Union(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    static readonly CharSet EcmaSpace = UnicodeSets.WhiteSpace.Without(CharSet.Of(0x85)).Or(CharSet.Of(0xFEFF));
    static readonly Lazy<CharSet> UnicodeWord = new(() => UnicodeSets.Category("L")!.Or(UnicodeSets.Category("M")!).Or(UnicodeSets.Category("N")!).Or(UnicodeSets.Category("Pc")!));

    static readonly CharSet NoLineEnd = CharSet.Of('\n', '\r', 0x2028, 0x2029).Complement();
    static readonly CharSet NoLineFeed = CharSet.Of('\n').Complement();

    readonly Dictionary<CharSet, CharSet> _folded = [];

    /// <summary>What ends a line in ECMA-262.</summary>
    public static CharSet LineEnds { get; } = NoLineEnd.Complement();

    public string Pattern => pattern;

    /// <summary>Whether it is read as ECMA-262 has it, where others differ.</summary>
    public bool IsEcma => isEcma;

    /// <summary>Those that hold here.</summary>
    public RegexFlags Flags { get; set; } = flags;

    /// <summary>Where the next character is, in UTF-16 units.</summary>
    public int At { get; set; }

    public bool IsAtEnd => At == Pattern.Length;

    /// <summary>The next UTF-16 unit; U+0000 at the end.</summary>
    public char Next => Peek(0);

    /// <summary>What <c>\w</c> matches.</summary>
    public CharSet Word => Folded(Flags.HasFlag(RegexFlags.Unicode) ? UnicodeWord.Value : AsciiWord);

    /// <summary>What <c>.</c> matches.</summary>
    public CharSet Dot => Flags.HasFlag(RegexFlags.DotAll) ? CharSet.All : Flags.HasFlag(RegexFlags.UnixLines) ? NoLineFeed : NoLineEnd;

    public GrammarSyntaxException ErrorAt(int position, string problem)
    {
        ReadOnlySpan<char> before = Pattern.AsSpan(0, position);
        return new(before.Count('\n') + 1, position - before.LastIndexOf('\n'), problem);
    }

    public GrammarSyntaxException NotSupportedAt(int position, string what) =>
        ErrorAt(position, $"Found {what}, which is not supported. Expected a pattern without it.");

    public char Peek(int offset) => At + offset < Pattern.Length ? Pattern[At + offset] : '\0';

    public bool TryRead(char unit)
    {
        if (IsAtEnd || Pattern[At] != unit)
            return false;
        At++;
        return true;
    }

    public bool TryRead(string text)
    {
        if (!Pattern.AsSpan(At).StartsWith(text, StringComparison.Ordinal))
            return false;
        At += text.Length;
        return true;
    }

    /// <summary>The character, with those that differ in case only where case is ignored.</summary>
    public CharSet Literal(int scalar) => Flags.HasFlag(RegexFlags.IgnoreCase) ? CaseFolding.Close(scalar) : CharSet.Of(scalar);

    /// <summary>The next character, whatever it is.</summary>
    public int ReadScalar()
    {
        if (!Rune.TryGetRuneAt(Pattern, At, out Rune rune))
            throw ErrorAt(At, "Found half of a surrogate pair. Expected a character.");
        At += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>What is no part of a pattern where white space and comments are left out.</summary>
    public void SkipComments()
    {
        if (!Flags.HasFlag(RegexFlags.Extended))
            return;
        while (!IsAtEnd && (Next == '#' || char.IsWhiteSpace(Next)))
        {
            int lineEnd = Next == '#' ? Pattern.IndexOf('\n', At) : At;
            At = lineEnd < 0 ? Pattern.Length : lineEnd + 1;
        }
    }

    /// <summary>Reads what stands behind a backslash: one character, or a set of them.</summary>
    /// <param name="start">Where the backslash is.</param>
    /// <param name="set">The set; null for one character.</param>
    /// <returns>The one character.</returns>
    public int ReadEscape(int start, out CharSet? set)
    {
        if (IsAtEnd)
            throw ErrorAt(start, "Found a backslash at the end of the pattern. Expected what it escapes.");
        int scalar = ReadScalar();
        set = scalar switch
        {
            'd' => Digits,
            'D' => Digits.Complement(),
            's' => Space,
            'S' => Space.Complement(),
            'w' => Word,
            'W' => Word.Complement(),
            'p' or 'P' => Folded(ReadProperty(start, isNegated: scalar == 'P')),
            _ => null,
        };
        return set is not null ? 0 : scalar switch
        {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\f',
            'v' => '\v',
            '0' when !char.IsAsciiDigit(Next) => '\0',
            'a' when !IsEcma => '\a',
            'c' => ReadControl(start),
            'x' => ReadHex(start, 2),
            'u' => ReadUtf16(start),
            'U' when !IsEcma => ReadHex(start, 8),
            '0' => throw NotSupportedAt(start, "an octal escape"),
            >= '1' and <= '9' => throw NotSupportedAt(start, "a backreference"),
            'k' => throw NotSupportedAt(start, "a backreference"),
            'A' or 'z' or 'Z' when IsEcma => throw ErrorAt(start, $"Found '\\{(char)scalar}', which ECMA-262 does not have. Expected '{(scalar == 'A' ? '^' : '$')}'."),
            >= 'a' and <= 'z' or >= 'A' and <= 'Z' => throw ErrorAt(start, $"Found '\\{(char)scalar}'. Expected a known escape."),
            _ => scalar,
        };
    }

    /// <summary>Reads a class, from behind its <c>[</c>.</summary>
    public CharSet ReadClass()
    {
        int start = At - 1;
        bool isNegated = TryRead('^');
        if (!IsEcma && Next == ']')
            throw ErrorAt(At, "Found ']' first in a class, which some languages read as a member and some as the end. Expected '\\]', or a class with members.");
        List<(int First, int Last)> ranges = [];
        while (!TryRead(']'))
        {
            RefuseSetOperation();
            int itemStart = At;
            int first = ReadMember(start, out CharSet? set);
            if (!(Next == '-' && Peek(1) != ']'))
            {
                Add(first, set);
                continue;
            }
            At++;
            int last = ReadMember(start, out CharSet? lastSet);
            if (set is not null || lastSet is not null)
            {
                // [\w-.]: no range, so the hyphen is a member.
                Add(first, set);
                Add('-', null);
                Add(last, lastSet);
                continue;
            }
            if (last < first)
                throw ErrorAt(itemStart, $"Found the range '{Pattern[itemStart..At]}', which ends before it starts.");
            ranges.Add((first, last));
        }
        CharSet members = Folded(CharSet.Union(ranges));
        return isNegated ? members.Complement() : members;

        void Add(int scalar, CharSet? set)
        {
            if (set is null)
                ranges.Add((scalar, scalar));
            else
                ranges.AddRange(set);
        }
    }

    CharSet Digits => Flags.HasFlag(RegexFlags.Unicode) ? UnicodeSets.Category("Nd")! : AsciiDigits;

    CharSet Space => Flags.HasFlag(RegexFlags.Unicode) ? UnicodeSets.WhiteSpace : EcmaSpace;

    CharSet Folded(CharSet set)
    {
        if (!Flags.HasFlag(RegexFlags.IgnoreCase))
            return set;
        if (!_folded.TryGetValue(set, out CharSet? folded))
        {
            folded = CaseFolding.Close(set);
            _folded.Add(set, folded);
        }
        return folded;
    }

    int ReadMember(int classStart, out CharSet? set)
    {
        if (IsAtEnd)
            throw ErrorAt(classStart, "Found '[' without its ']'.");
        int start = At;
        int scalar = ReadScalar();
        set = null;
        if (scalar != '\\')
            return scalar;
        return TryRead('b') ? '\b' : ReadEscape(start, out set);
    }

    /// <summary>Refuses what Rust and others read as an operation on classes; ECMA-262 and Python take it for members.</summary>
    void RefuseSetOperation()
    {
        if (IsEcma)
            return;
        if (Next == '[' && Peek(1) == ':' && Pattern.IndexOf(":]", At, StringComparison.Ordinal) > 0)
            throw NotSupportedAt(At, "a POSIX class");
        if (Next == '&' && Peek(1) == '&')
            throw ErrorAt(At, "Found '&&' in a class, which some languages read as an intersection. Expected it once.");
    }

    int ReadControl(int start)
    {
        if (!char.IsAsciiLetter(Next))
            throw ErrorAt(start, "Found '\\c' without a letter.");
        return Pattern[At++] & 0x1F;
    }

    int ReadUtf16(int start)
    {
        int unit = ReadHex(start, 4, mayBeSurrogate: true);
        if (char.IsHighSurrogate((char)unit) && Next == '\\' && Peek(1) == 'u' && Peek(2) != '{')
        {
            int second = At;
            At += 2;
            int low = ReadHex(second, 4, mayBeSurrogate: true);
            if (char.IsLowSurrogate((char)low))
                return char.ConvertToUtf32((char)unit, (char)low);
        }
        if (unit <= char.MaxValue && char.IsSurrogate((char)unit))
            throw ErrorAt(start, "Found half of a surrogate pair. Expected a character, as in '\\u{1F600}'.");
        return unit;
    }

    /// <summary>Reads so many hexadecimal digits, or any number of them in braces.</summary>
    int ReadHex(int start, int digits, bool mayBeSurrogate = false)
    {
        ReadOnlySpan<char> rest = Pattern.AsSpan(At);
        bool isBraced = rest is ['{', ..];
        int length = isBraced ? rest.IndexOf('}') - 1 : digits;
        ReadOnlySpan<char> text = length > 0 && length <= rest.Length ? rest.Slice(isBraced ? 1 : 0, length) : [];
        if (text.Length is 0 or > 8 || !int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw ErrorAt(start, $"Found '\\{Pattern[start + 1]}' without the {digits} hexadecimal digits that it needs, or some in braces.");
        bool isScalar = Rune.IsValid(value);
        if (!isScalar && !(mayBeSurrogate && !isBraced))
            throw ErrorAt(start, $"Found the code {text}, which is no character of Unicode.");
        At += isBraced ? length + 2 : length;
        return value;
    }

    CharSet ReadProperty(int start, bool isNegated)
    {
        string name = Next.ToString();
        if (TryRead('{'))
        {
            int end = Pattern.IndexOf('}', At);
            if (end < 0)
                throw ErrorAt(start, $"Found '{Pattern[start..At]}' without its '}}'.");
            name = Pattern[At..end];
            At = end + 1;
        }
        else if (!IsEcma && char.IsAsciiLetter(Next))
        {
            At++;
        }
        else
        {
            throw ErrorAt(start, $"Found '{Pattern[start..At]}' without the name of a property in braces.");
        }
        if (!IsEcma && name.StartsWith('^'))
        {
            name = name[1..];
            isNegated = !isNegated;
        }
        if (!UnicodeSets.TryGet(name, out CharSet? set))
            throw ErrorAt(start, $"Found the property '{(name.Length > 64 ? name[..64] + "…" : name)}', which is not known. Expected a general category, a script, or a property such as 'Alphabetic'.");
        return isNegated ? set.Complement() : set;
    }
}
