namespace Chorale.Tokenization;

/// <summary>Cuts UTF-8 text into the pieces that byte-pair merging works on, by the rules of o200k.</summary>
/// <remarks>
/// The rules are those of the pattern in <see cref="Pattern"/>, by hand: no backtracking, no recursion, each code point
/// read at most three times. Source: the pattern published with the o200k vocabulary.
/// </remarks>
static class O200kSplitter
{
    /// <summary>The rules as a regular expression, as <c>tokenizer.json</c> files spell them.</summary>
    public const string Pattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}"
        + @"| ?[^\s\p{L}\p{N}]+[\r\n/]*"
        + @"|\s*[\r\n]+"
        + @"|\s+(?!\S)"
        + @"|\s+";

    const byte WordStart = (byte)CharacterClass.WordStart;
    const byte WordEnd = (byte)CharacterClass.WordEnd;
    const byte Word = (byte)CharacterClass.Word;
    const byte Number = (byte)CharacterClass.Number;
    const byte Space = (byte)CharacterClass.Space;
    const byte Newline = (byte)CharacterClass.Newline;
    const byte Symbol = (byte)CharacterClass.Symbol;

    /// <summary>Where the piece that starts at <paramref name="start"/> ends.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="start">The start of a piece, below the text's length.</param>
    public static int FindEnd(ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> classes = CharacterClasses.Table;
        byte first = ClassAt(classes, text, start, out int next);
        if ((first & Word) != 0)
            return EndOfWord(classes, text, start);
        if ((first & Number) != 0)
            return EndOfNumber(classes, text, next);
        if ((first & Newline) == 0 && next < text.Length)
        {
            byte second = ClassAt(classes, text, next, out int afterSecond);
            if ((second & Word) != 0)
                return EndOfWord(classes, text, next);
            if ((second & Symbol) != 0 && ((first & Symbol) != 0 || text[start] == (byte)' '))
                return EndOfSymbols(classes, text, afterSecond);
        }
        return (first & Symbol) != 0 ? EndOfSymbols(classes, text, next) : EndOfSpaces(classes, text, start);
    }

    /// <summary>The first two alternatives, behind their optional first character: a word and its contraction.</summary>
    static int EndOfWord(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int start)
    {
        // [WordStart]* takes all it can; if no lower-case letter follows, it gives back up to its last letter that is
        // in both halves, and if there is none the second alternative takes the run of capitals as it is.
        int position = start;
        int endOfLastBoth = -1;
        while (position < text.Length)
        {
            byte @class = ClassAt(classes, text, position, out int next);
            if ((@class & WordStart) == 0)
            {
                if ((@class & WordEnd) == 0)
                    break;
                do
                    position = next;
                while (position < text.Length && (ClassAt(classes, text, position, out next) & WordEnd) != 0);
                return EndOfContraction(text, position);
            }
            position = next;
            if ((@class & WordEnd) != 0)
                endOfLastBoth = position;
        }
        return EndOfContraction(text, endOfLastBoth >= 0 ? endOfLastBoth : position);
    }

    /// <summary><c>(?i:'s|'t|'re|'ve|'m|'ll|'d)?</c>, where simple case folding makes U+017F an s.</summary>
    static int EndOfContraction(ReadOnlySpan<byte> text, int position)
    {
        if (position + 1 >= text.Length || text[position] != (byte)'\'')
            return position;
        byte third = position + 2 < text.Length ? text[position + 2] : (byte)0;
        return (text[position + 1], third) switch
        {
            ((byte)'s' or (byte)'S' or (byte)'t' or (byte)'T' or (byte)'m' or (byte)'M' or (byte)'d' or (byte)'D', _) => position + 2,
            ((byte)'r' or (byte)'R' or (byte)'v' or (byte)'V', (byte)'e' or (byte)'E') => position + 3,
            ((byte)'l' or (byte)'L', (byte)'l' or (byte)'L') => position + 3,
            (0xC5, 0xBF) => position + 3,
            _ => position,
        };
    }

    static int EndOfNumber(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int position)
    {
        for (int more = 0; more < 2 && position < text.Length; more++)
        {
            if ((ClassAt(classes, text, position, out int next) & Number) == 0)
                break;
            position = next;
        }
        return position;
    }

    static int EndOfSymbols(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && (ClassAt(classes, text, position, out int next) & Symbol) != 0)
            position = next;
        while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n' or (byte)'/')
            position++;
        return position;
    }

    /// <summary>The last three alternatives: up to the last line end; else all but the last space before a word; else all.</summary>
    static int EndOfSpaces(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int start)
    {
        int position = start;
        int last = start;
        int endOfNewline = -1;
        while (position < text.Length)
        {
            byte @class = ClassAt(classes, text, position, out int next);
            if ((@class & Space) == 0)
                break;
            last = position;
            position = next;
            if ((@class & Newline) != 0)
                endOfNewline = next;
        }
        if (endOfNewline >= 0)
            return endOfNewline;
        return position == text.Length || last == start ? position : last;
    }

    static byte ClassAt(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int position, out int next)
    {
        byte first = text[position];
        if (first < 0x80)
        {
            next = position + 1;
            return classes[first];
        }
        return ClassBeyondAscii(classes, text, position, out next);
    }

    static byte ClassBeyondAscii(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> text, int position, out int next)
    {
        int first = text[position];
        int codePoint;
        if (first < 0xE0)
        {
            codePoint = ((first & 0x1F) << 6) | (text[position + 1] & 0x3F);
            next = position + 2;
        }
        else if (first < 0xF0)
        {
            codePoint = ((first & 0x0F) << 12) | ((text[position + 1] & 0x3F) << 6) | (text[position + 2] & 0x3F);
            next = position + 3;
        }
        else
        {
            codePoint = ((first & 0x07) << 18) | ((text[position + 1] & 0x3F) << 12)
                | ((text[position + 2] & 0x3F) << 6) | (text[position + 3] & 0x3F);
            next = position + 4;
        }
        return classes[codePoint];
    }
}
