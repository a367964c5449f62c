using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// A string as Rust's debug form quotes it, which the official error messages do: <c>"</c>, <c>\</c>, the control
/// characters with a letter, and <c>\u{…}</c> for what has no glyph of its own (white space but for U+0020, formats, private
/// use, unassigned, marks that extend the character before them).
/// </summary>
static class RustDebug
{
    /// <summary>Unicode's Other_Grapheme_Extend, as far as it is not already a mark without width or a format: first and last of each run.</summary>
    static ReadOnlySpan<int> SpacingExtenders =>
    [
        0x09BE, 0x09BE, 0x09D7, 0x09D7, 0x0B3E, 0x0B3E, 0x0B57, 0x0B57, 0x0BBE, 0x0BBE, 0x0BD7, 0x0BD7, 0x0CC0, 0x0CC0,
        0x0CC2, 0x0CC2, 0x0CC7, 0x0CC8, 0x0CCA, 0x0CCB, 0x0CD5, 0x0CD6, 0x0D3E, 0x0D3E, 0x0D57, 0x0D57, 0x0DCF, 0x0DCF,
        0x0DDF, 0x0DDF, 0x1715, 0x1715, 0x1734, 0x1734, 0x1B35, 0x1B35, 0x1B3B, 0x1B3B, 0x1B3D, 0x1B3D, 0x1B43, 0x1B44,
        0x1BAA, 0x1BAA, 0x1BF2, 0x1BF3, 0x302E, 0x302F, 0xA953, 0xA953, 0xA9C0, 0xA9C0, 0xFF9E, 0xFF9F, 0x111C0, 0x111C0,
        0x11235, 0x11235, 0x1133E, 0x1133E, 0x1134D, 0x1134D, 0x11357, 0x11357, 0x113B8, 0x113B8, 0x113C2, 0x113C2,
        0x113C5, 0x113C5, 0x113C7, 0x113C9, 0x113CF, 0x113CF, 0x114B0, 0x114B0, 0x114BD, 0x114BD, 0x115AF, 0x115AF,
        0x116B6, 0x116B6, 0x11930, 0x11930, 0x1193D, 0x1193D, 0x11F41, 0x11F41, 0x16FF0, 0x16FF1, 0x1D165, 0x1D166,
        0x1D16D, 0x1D172,
    ];

    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\t' => quoted.Append("\\t"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\0' => quoted.Append("\\0"),
                _ when IsPrinted(rune) => quoted.Append(rune.ToString()),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
            };
        }
        return quoted.Append('"').ToString();
    }

    static bool IsPrinted(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse => false,
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => false,
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        _ => !IsSpacingExtender(rune.Value),
    };

    static bool IsSpacingExtender(int codePoint)
    {
        for (int i = 0; i < SpacingExtenders.Length; i += 2)
            if (codePoint >= SpacingExtenders[i] && codePoint <= SpacingExtenders[i + 1])
                return true;
        return false;
    }
}
