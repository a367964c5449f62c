namespace Chorale.Harmony;

/// <summary>
/// A header from which the control tokens were stripped: <c>assistant</c>, a channel, <c> to=</c> and a recipient before or
/// behind it, a content type, all stuck to what follows.
/// </summary>
static class StrippedHeader
{
    const string Assistant = "assistant";

    public enum Result
    {
        /// <summary>A header stands here.</summary>
        Found,

        /// <summary>Something else stands here.</summary>
        None,

        /// <summary>What there is of the text does not tell yet.</summary>
        NeedsMore,
    }

    /// <summary>Reads a header at the beginning of a text.</summary>
    /// <param name="text">The text from where a header may begin.</param>
    /// <param name="isAll">Whether nothing follows it.</param>
    /// <param name="needsAssistant">Whether the header must begin with <c>assistant</c>, as all but the first do.</param>
    /// <param name="header">The header.</param>
    /// <param name="length">Its length.</param>
    public static Result Read(ReadOnlySpan<char> text, bool isAll, bool needsAssistant, out HeaderReading? header, out int length)
    {
        header = null;
        length = 0;
        int at = 0;
        Result role = Match(text, Assistant, isAll, ref at);
        if (role == Result.NeedsMore || (needsAssistant && role == Result.None))
            return role;

        string? recipient = null, channel = null, type = null;
        if (MatchRecipient(text, isAll, ref at, ref recipient) == Result.NeedsMore)
            return Result.NeedsMore;
        foreach (string known in HeaderWords.Channels)
            if (recipient?.EndsWith(known, StringComparison.Ordinal) == true && recipient.Length > known.Length)
                (recipient, channel) = (recipient[..^known.Length], known);
        if (channel is null)
        {
            int behindSpace = SkipSpace(text, at);
            foreach (string known in HeaderWords.Channels)
            {
                int start = recipient is null ? at : behindSpace;
                Result match = Match(text, known, isAll, ref start);
                if (match == Result.NeedsMore)
                    return Result.NeedsMore;
                if (match == Result.Found)
                    (channel, at) = (known, start);
            }
        }
        if (channel is null && recipient is null)
            return Result.None;
        if (recipient is null && MatchRecipient(text, isAll, ref at, ref recipient) == Result.NeedsMore)
            return Result.NeedsMore;
        if (recipient is not null && MatchType(text, isAll, ref at, ref type) == Result.NeedsMore)
            return Result.NeedsMore;
        header = new() { Author = Role.Assistant, Channel = channel, Recipient = recipient, ContentType = type };
        length = at;
        return Result.Found;
    }

    /// <summary>Where the next header may begin: the place of <c>assistant</c>, of its beginning at the very end, or the end.</summary>
    public static int Find(ReadOnlySpan<char> text)
    {
        int found = text.IndexOf(Assistant);
        if (found >= 0)
            return found;
        for (int tail = Math.Min(Assistant.Length - 1, text.Length); tail > 0; tail--)
            if (text.EndsWith(Assistant.AsSpan(0, tail)))
                return text.Length - tail;
        return text.Length;
    }

    static Result MatchRecipient(ReadOnlySpan<char> text, bool isAll, ref int at, ref string? recipient)
    {
        int start = SkipSpace(text, at);
        Result match = Match(text, HeaderWords.To, isAll, ref start);
        if (match != Result.Found)
            return match;
        int end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('{' or '[' or '<'))
            end++;
        if (end == text.Length && !isAll)
            return Result.NeedsMore;
        recipient = text[start..end].ToString();
        foreach (string type in HeaderWords.ContentTypes)
        {
            // A type stuck to the name, with the arguments behind it, is no part of the name.
            bool isStuck = end < text.Length && text[end] == '{' && recipient.EndsWith(type, StringComparison.Ordinal) && recipient.Length > type.Length;
            if (isStuck)
            {
                recipient = recipient[..^type.Length];
                end -= type.Length;
                break;
            }
        }
        at = end;
        return Result.Found;
    }

    static Result MatchType(ReadOnlySpan<char> text, bool isAll, ref int at, ref string? type)
    {
        int start = SkipSpace(text, at);
        foreach (string known in HeaderWords.ContentTypes)
        {
            int end = start;
            Result match = Match(text, known, isAll, ref end);
            if (match == Result.NeedsMore)
                return Result.NeedsMore;
            if (match != Result.Found)
                continue;
            type = known;
            at = end;
            return Result.Found;
        }
        return Result.None;
    }

    static int SkipSpace(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at;
    }

    static Result Match(ReadOnlySpan<char> text, string word, bool isAll, ref int at)
    {
        ReadOnlySpan<char> rest = text[at..];
        if (rest.StartsWith(word))
        {
            at += word.Length;
            return Result.Found;
        }
        return !isAll && word.AsSpan().StartsWith(rest) ? Result.NeedsMore : Result.None;
    }
}
