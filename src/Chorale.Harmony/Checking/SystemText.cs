namespace Chorale.Harmony;

/// <summary>What a system message says, from its typed content or from the lines that rendering makes of it.</summary>
sealed class SystemText
{
    const string DateLine = "Current date: ";
    const string ChannelsLine = "# Valid channels:";

    SystemText(int? typedPart) => TypedPart = typedPart;

    /// <summary>The first part that is typed; null where all is text.</summary>
    public int? TypedPart { get; }

    /// <summary>The date as written; null where there is none.</summary>
    public string? Date { get; private set; }

    /// <summary>The typed part that the date stands in; null where it stands in text, or there is none.</summary>
    public int? DatePart { get; private set; }

    /// <summary>The channels it lists; null where it lists none.</summary>
    public IReadOnlyList<string>? ValidChannels { get; private set; }

    /// <summary>Whether it sends calls to the commentary channel; typed content does where rendering has function tools.</summary>
    public bool SendsCallsToCommentary { get; private set; }

    /// <summary>Whether it is a system message as Harmony has it, and not somebody's instructions.</summary>
    public bool IsHarmony { get; private set; }

    public static SystemText Of(Message message)
    {
        SystemText system = new(Enumerable.Range(0, message.Content.Count).Where(i => message.Content[i] is SystemContent).Cast<int?>().FirstOrDefault())
        {
            IsHarmony = string.IsNullOrWhiteSpace(message.Text),
        };
        for (int part = 0; part < message.Content.Count; part++)
        {
            if (message.Content[part] is SystemContent typed)
                system.Read(typed, part);
            else if (message.Content[part] is TextContent text)
                system.Read(text.Text);
        }
        return system;
    }

    void Read(SystemContent typed, int part)
    {
        IsHarmony = true;
        if (Date is null && typed.ConversationStartDate is not null)
            (Date, DatePart) = (typed.ConversationStartDate, part);
        if (typed.ChannelConfig is { ValidChannels.Count: > 0 } config)
        {
            ValidChannels ??= config.ValidChannels;
            SendsCallsToCommentary = true;
        }
    }

    void Read(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(DateLine))
                Date ??= line[DateLine.Length..].ToString();
            else if (line.StartsWith(ChannelsLine))
                ValidChannels ??= Channels(line[ChannelsLine.Length..]);
            else if (line.StartsWith("Calls to these tools must go to the commentary channel"))
                SendsCallsToCommentary = true;
            else if (!(line.StartsWith("You are ChatGPT") || line.StartsWith("Knowledge cutoff: ") || line.StartsWith("Reasoning: ")))
                continue;
            IsHarmony = true;
        }
    }

    static string[] Channels(ReadOnlySpan<char> list)
    {
        int end = list.IndexOf('.');
        return (end < 0 ? list : list[..end]).ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
