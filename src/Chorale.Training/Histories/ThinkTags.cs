namespace Chorale.Training;

/// <summary>Reasoning in <c>&lt;think&gt;…&lt;/think&gt;</c> at the head of an answer, as Qwen writes it.</summary>
static class ThinkTags
{
    const string Open = "<think>";
    const string Close = "</think>";

    /// <summary>
    /// Cuts the reasoning off. Models whose prompt opens it write only its end: that counts where it has a line of its own.
    /// </summary>
    /// <param name="content">The content.</param>
    /// <param name="thought">The reasoning; null where the tags hold none.</param>
    /// <param name="rest">The answer.</param>
    public static bool TrySplit(string content, out string? thought, out string rest)
    {
        thought = null;
        rest = content;
        if (!content.Contains(Close, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> text = content.AsSpan().TrimStart();
        int close = text.IndexOf(Close, StringComparison.Ordinal);
        bool isOpened = text.StartsWith(Open, StringComparison.Ordinal);
        bool hasOwnLine = close > 0 && text[close - 1] == '\n' && (close + Close.Length == text.Length || text[close + Close.Length] == '\n');
        if (close < 0 || (!isOpened && (!hasOwnLine || text.Contains(Open, StringComparison.Ordinal))))
            return false;
        ReadOnlySpan<char> inside = text[(isOpened ? Open.Length : 0)..close].Trim();
        thought = inside.IsEmpty ? null : inside.ToString();
        rest = text[(close + Close.Length)..].TrimStart('\n').ToString();
        return true;
    }
}
