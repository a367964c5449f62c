namespace Chorale.Grammar.Tests;

/// <summary>Holds the white space of a JSON text to a policy.</summary>
static class SpaceAudit
{
    /// <summary>Looks at the white space between tokens.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Check(ReadOnlySpan<byte> text, JsonWhitespace white)
    {
        bool inString = false;
        bool isEscaped = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (!inString && (text[i] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') && !IsAllowed(text, i, white))
                return $"white space at byte {i}";
            inString ^= text[i] == '"' && !isEscaped;
            isEscaped = inString && text[i] == '\\' && !isEscaped;
        }
        return null;
    }

    static bool IsAllowed(ReadOnlySpan<byte> text, int at, JsonWhitespace white) => white switch
    {
        JsonWhitespace.Compact => false,
        JsonWhitespace.Spaced => text[at] == ' ' && at > 0 && text[at - 1] is (byte)':' or (byte)',',
        _ => at < SuiteSchema.MaxWhitespace || text.Slice(at - SuiteSchema.MaxWhitespace, SuiteSchema.MaxWhitespace).ContainsAnyExcept(" \t\n\r"u8),
    };
}
