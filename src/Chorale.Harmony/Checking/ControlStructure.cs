namespace Chorale.Harmony;

/// <summary>
/// Control tokens spelled out around the text of an assistant message, where they are leftovers of the structure and no
/// words: a header before it, ends and the start of the next message behind it.
/// </summary>
static class ControlStructure
{
    /// <summary>Takes them off; null where there are none.</summary>
    public static Message? Trim(Message message)
    {
        if (message.Role != Role.Assistant || message.Content.Count == 0)
            return null;
        Message trimmed = message;
        if (message.Content[0] is TextContent first && TrimStart(first.Text, message.Channel, out string? channel) is { } rest)
            trimmed = Replace(trimmed, 0, rest) with { Channel = channel };
        if (trimmed.Content[^1] is TextContent last && TrimEnd(last.Text) is { } kept)
            trimmed = Replace(trimmed, trimmed.Content.Count - 1, kept);
        return ReferenceEquals(trimmed, message) ? null : trimmed;
    }

    /// <summary>
    /// The text without the ends behind it, and a start and role behind those: <c>4.&lt;|end|&gt;&lt;|start|&gt;assistant</c>
    /// is <c>4.</c>; null where there are none.
    /// </summary>
    public static string? TrimEnd(string text)
    {
        List<ControlText> marks = ControlTextScanner.Find(text);
        int end = text.Length;
        for (int i = marks.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<char> gap = text.AsSpan(marks[i].End, end - marks[i].End).Trim();
            bool isLeftover = marks[i].IsStop ? gap.IsEmpty : marks[i].Name is "start" && (gap.IsEmpty || IsRole(gap));
            if (!isLeftover)
                break;
            end = marks[i].Start;
        }
        return end == text.Length ? null : text[..end];
    }

    /// <summary>The text without a header before it, where that header says nothing else than the message's own.</summary>
    static string? TrimStart(string text, string? ownChannel, out string? channel)
    {
        channel = ownChannel;
        List<ControlText> marks = ControlTextScanner.Find(text);
        int at = 0, i = 0, textStart = 0;
        while (TakeHeader(ref channel))
            textStart = at;
        return textStart > 0 ? text[textStart..] : null;

        bool TakeHeader(ref string? own)
        {
            int first = i;
            if (Next("start") && !Word(static word => word.IsEmpty || word is "assistant"))
                return false;
            string? named = own;
            if (Next("channel") && !(Word(word => (named = Known(word)) is not null) && (own is null || own == named)))
                return false;
            if (i == first && textStart > 0)
                return false;   // a second header begins with a start or a channel
            if (!Next("message"))
                return false;
            own = named;
            return true;
        }

        bool Next(string name)
        {
            if (i >= marks.Count || marks[i].Name != name || !text.AsSpan(at, marks[i].Start - at).IsWhiteSpace())
                return false;
            at = marks[i++].End;
            return true;
        }

        bool Word(WordTest holds)
        {
            if (i >= marks.Count || !holds(text.AsSpan(at, marks[i].Start - at).Trim()))
                return false;
            at = marks[i].Start;
            return true;
        }
    }

    static string? Known(ReadOnlySpan<char> word) => word is Channels.Analysis or Channels.Commentary or Channels.Final ? word.ToString() : null;

    delegate bool WordTest(ReadOnlySpan<char> word);

    static bool IsRole(ReadOnlySpan<char> word) => word is "assistant" or "user" or "system" or "developer" or "tool";

    static Message Replace(Message message, int part, string text)
    {
        ContentPart[] content = [.. message.Content];
        content[part] = new TextContent(text);
        return message with { Content = content };
    }
}
