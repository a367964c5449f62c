using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>Text that others wrote, made safe and clear to show: whatever could steer a terminal, or hide, is spelled out.</summary>
public static class Printable
{
    /// <summary>
    /// Escapes control characters (<c>\n</c>, <c>\e</c>, <c>\u0085</c>), format characters such as direction marks and
    /// zero-width ones, separators of lines, private and unassigned code points and lone surrogates. A backslash stays as it is.
    /// </summary>
    public static string Escape(ReadOnlySpan<char> text)
    {
        int plain = PlainLength(text);
        if (plain == text.Length)
            return new string(text);
        StringBuilder escaped = new(text.Length + 16);
        while (true)
        {
            escaped.Append(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
                return escaped.ToString();
            _ = Rune.DecodeFromUtf16(text, out _, out int length);
            Append(escaped, text[..length]);
            text = text[length..];
            plain = PlainLength(text);
        }
    }

    /// <summary>The text escaped, in quotes, and cut at a length with an ellipsis.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxLength">How many UTF-16 units of it are shown.</param>
    public static string Quote(ReadOnlySpan<char> text, int maxLength = 60)
    {
        if (text.Length <= maxLength)
            return $"\"{Escape(text)}\"";
        int end = char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
        return $"\"{Escape(text[..end])}…\"";
    }

    static int PlainLength(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c is >= ' ' and <= '~')
            {
                at++;
                continue;
            }
            bool isRune = Rune.DecodeFromUtf16(text[at..], out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (!isRune || !IsPlain(rune))
                return at;
            at += length;
        }
        return at;
    }

    static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    static void Append(StringBuilder escaped, ReadOnlySpan<char> units)
    {
        switch (units)
        {
            case ['\n']: escaped.Append("\\n"); break;
            case ['\r']: escaped.Append("\\r"); break;
            case ['\t']: escaped.Append("\\t"); break;
            case ['\e']: escaped.Append("\\e"); break;
            case ['\0']: escaped.Append("\\0"); break;
            default:
                foreach (char unit in units)
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
                break;
        }
    }
}
