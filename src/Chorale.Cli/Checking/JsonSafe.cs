using System.Globalization;
using System.Text;

namespace Chorale.Cli;

/// <summary>JSON that is safe on a terminal.</summary>
static class JsonSafe
{
    /// <summary>Escapes control and format characters, which in valid JSON stand in strings only; the JSON means the same.</summary>
    public static string Escape(string json)
    {
        if (!json.Any(IsUnsafe))
            return json;
        StringBuilder escaped = new(json.Length + 16);
        foreach (char c in json)
        {
            if (IsUnsafe(c))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>Writes JSON in UTF-8 to standard output, escaped so.</summary>
    public static void Write(CliHost host, ReadOnlySpan<byte> utf8)
    {
        if (Ascii.IsValid(utf8) && !utf8.Contains((byte)0x7F))
            host.Output.Write(utf8);   // a writer has escaped what is below U+0020
        else
            host.Output.Write(Encoding.UTF8.GetBytes(Escape(Encoding.UTF8.GetString(utf8))));
        host.Output.Flush();
    }

    static bool IsUnsafe(char c) => c >= '\u007F' && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
