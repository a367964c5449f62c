using System.Text;

namespace Chorale.Grammar;

/// <summary>The text of a grammar; knows the line and column of each place in it, and how large a grammar may be.</summary>
sealed class GrammarText
{
    /// <summary>The longest text that is read, in UTF-16 units.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The deepest nesting of brackets.</summary>
    public const int MaxNesting = 256;

    /// <summary>The most rules and terminals.</summary>
    public const int MaxRules = 20_000;

    /// <summary>The most times that a part may be repeated by a count.</summary>
    public const int MaxCount = 1_000_000;

    /// <summary>Stands for what is behind the end.</summary>
    public const int End = -1;

    /// <summary>Takes the text of a grammar.</summary>
    /// <exception cref="GrammarSyntaxException">The text is too long, or not well-formed UTF-16.</exception>
    public GrammarText(string value)
    {
        Value = value;
        if (value.Length > MaxLength)
            throw new GrammarSyntaxException(1, 1, $"The grammar has {value.Length} characters; at most {MaxLength} are read.");
        int offset = 0;
        while (offset < value.Length)
            offset += Rune.TryGetRuneAt(value, offset, out Rune rune) ? rune.Utf16SequenceLength : throw Error(offset, "Found a lone surrogate; expected well-formed text.");
    }

    public string Value { get; }

    public int Length => Value.Length;

    /// <summary>The UTF-16 unit at a place, or <see cref="End"/>.</summary>
    public int At(int offset) => offset < Value.Length ? Value[offset] : End;

    public GrammarSyntaxException Error(int offset, string problem)
    {
        (int line, int column) = Place(offset);
        return new(line, column, problem);
    }

    /// <summary>Names what stands at a place, for an error.</summary>
    public string Describe(int offset)
    {
        if (offset >= Length)
            return "the end of the grammar";
        if (IsLineBreak(Value[offset]))
            return "the end of the line";
        Rune rune = Rune.GetRuneAt(Value, offset);
        return Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : $"'{rune}'";
    }

    public int Line(int offset) => Place(offset).Line;

    public static bool IsLineBreak(int character) => character is '\n' or '\r';

    /// <summary>Reads as many hexadecimal digits as an escape has.</summary>
    /// <param name="offset">Of the first digit.</param>
    /// <param name="digits">How many must follow.</param>
    public int Hexadecimal(int offset, int digits)
    {
        long value = 0;
        for (int i = 0; i < digits; i++)
        {
            int character = At(offset + i);
            if (character == End || !char.IsAsciiHexDigit((char)character))
                throw Error(offset + i, $"Found {Describe(offset + i)} in an escape, where {digits} hexadecimal digits were expected.");
            value = (value * 16) + Convert.ToInt32(((char)character).ToString(), 16);
        }
        return value <= 0x10FFFF ? (int)value : throw Error(offset, $"Found the escape of {value:X}, which is beyond the last character, 10FFFF.");
    }

    /// <summary>Reads a decimal number.</summary>
    /// <param name="offset">Of its first digit; becomes that of what follows.</param>
    /// <param name="most">What it may be at most.</param>
    public int Number(ref int offset, int most)
    {
        int start = offset;
        long value = 0;
        for (; At(offset) is >= '0' and <= '9'; offset++)
            value = Math.Min((value * 10) + (Value[offset] - '0'), (long)most + 1);
        if (offset == start)
            throw Error(offset, $"Found {Describe(offset)} where a number was expected.");
        return value <= most ? (int)value : throw Error(start, $"Found {Shorten(Value[start..offset])}; at most {most} is possible here.");
    }

    /// <summary>Reads a regular expression that stands in the grammar, so that its errors have their place here.</summary>
    /// <param name="offset">Where the pattern begins.</param>
    /// <param name="pattern">The pattern, as it stands there.</param>
    /// <param name="flags">How it is to be read.</param>
    public RegularExpression Regex(int offset, string pattern, RegexFlags flags)
    {
        try
        {
            return RegexPattern.Whole(pattern, flags);
        }
        catch (GrammarSyntaxException error)
        {
            (int line, int column) = Place(offset);
            throw new GrammarSyntaxException(line + error.Line - 1, error.Line == 1 ? column + error.Column - 1 : error.Column, error.Problem);
        }
    }

    /// <summary>A text from a grammar, short enough for a message.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[39]) ? 39 : 40)}…";

    (int Line, int Column) Place(int offset)
    {
        int line = 1, start = 0;
        for (int i = 0; i < offset && i < Length; i++)
        {
            if (Value[i] == '\n' || (Value[i] == '\r' && At(i + 1) != '\n'))
                (line, start) = (line + 1, i + 1);
        }
        return (line, offset - start + 1);
    }
}
