namespace Chorale.Templates;

/// <summary>Texts in the words of a finding.</summary>
static class LintText
{
    /// <summary>A part of a text in quotes, on one line, from shortly before a place.</summary>
    public static string Excerpt(string text, int at)
    {
        int start = Math.Max(0, at - 12), end = Math.Min(text.Length, at + 36);
        string part = text[start..end].Replace("\n", "\\n", StringComparison.Ordinal);
        return $"'{(start > 0 ? "…" : "")}{part}{(end < text.Length ? "…" : "")}'";
    }
}
