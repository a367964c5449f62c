namespace Chorale.Templates;

/// <summary>Methods of Python's <c>str</c>, with where each part of the result comes from.</summary>
static class PythonStrings
{
    /// <summary>White space as <c>str.isspace</c> knows it: also U+001C to U+001F, which .NET leaves out.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';

    /// <summary><c>strip</c>, <c>lstrip</c> or <c>rstrip</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="characters">Those that are cut; null for white space.</param>
    /// <param name="left">Whether the start is cut.</param>
    /// <param name="right">Whether the end is cut.</param>
    public static StringValue Strip(StringValue text, string? characters, bool left, bool right)
    {
        ReadOnlySpan<char> rest = text.Value;
        int start = left ? rest.Length - TrimStart(rest, characters).Length : 0;
        int length = (right ? TrimEnd(rest[start..], characters) : rest[start..]).Length;
        return text.Slice(start, length);
    }

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => TrimEnd(TrimStart(text, characters: null), characters: null);

    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text, string? characters)
    {
        int start = 0;
        while (start < text.Length && Cuts(text, start, characters) is > 0 and int length)
            start += length;
        return text[start..];
    }

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text, string? characters)
    {
        int end = text.Length;
        while (end > 0)
        {
            int length = end > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
            if (Cuts(text, end - length, characters) == 0)
                break;
            end -= length;
        }
        return text[..end];
    }

    /// <summary><c>split</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What stands between the parts; null for white space, which also stands around them.</param>
    /// <param name="most">How many cuts at most; negative for any number.</param>
    /// <param name="budget">Pays for each part.</param>
    public static List<TemplateValue> Split(StringValue text, string? separator, long most, Budget budget)
    {
        List<TemplateValue> parts = [];
        string value = text.Value;
        budget.SpendOnSearch(value.Length, separator?.Length ?? 0);
        int start = 0;
        if (separator is not null)
        {
            while (most != 0 && value.IndexOf(separator, start, StringComparison.Ordinal) is >= 0 and int at)
            {
                Add(start, at);
                start = at + separator.Length;
                most--;
            }
            Add(start, value.Length);
            return parts;
        }
        while (true)
        {
            while (start < value.Length && IsSpace(value[start]))
                start++;
            if (start == value.Length)
                return parts;
            if (most-- == 0)
            {
                Add(start, start + TrimEnd(value.AsSpan(start), characters: null).Length);
                return parts;
            }
            int end = start;
            while (end < value.Length && !IsSpace(value[end]))
                end++;
            Add(start, end);
            start = end;
        }

        void Add(int from, int to)
        {
            budget.Spend(1);
            parts.Add(text.Slice(from, to - from));
        }
    }

    /// <summary>How many units of the character at a place are cut; 0 for a character that stays.</summary>
    static int Cuts(ReadOnlySpan<char> text, int at, string? characters)
    {
        if (characters is null)
            return IsSpace(text[at]) ? 1 : 0;
        int length = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return characters.AsSpan().IndexOf(text.Slice(at, length), StringComparison.Ordinal) >= 0 ? length : 0;
    }
}
