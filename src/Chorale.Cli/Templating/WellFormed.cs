using System.Text;

namespace Chorale.Cli;

/// <summary>Text that can be written as UTF-8.</summary>
static class WellFormed
{
    /// <summary>The text with each half surrogate pair as U+FFFD.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        StringBuilder whole = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            whole.Append(rune.ToString());
        return whole.ToString();
    }
}
