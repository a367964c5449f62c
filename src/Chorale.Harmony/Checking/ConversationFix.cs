using System.Globalization;

namespace Chorale.Harmony;

/// <summary>One mending of one conversation: each step sets right one kind of finding, and a later one relies on those before.</summary>
sealed class ConversationFix
{
    readonly CheckOptions _options;
    readonly List<Fix> _fixes = [];
    List<Entry> _entries;

    public ConversationFix(Conversation conversation, CheckOptions options)
    {
        _options = options;
        _entries = [.. conversation.Messages.Select((message, index) => new Entry(message, index))];
    }

    /// <summary>A message and where it came from; null where it was added.</summary>
    readonly record struct Entry(Message Message, int? Origin);

    public FixedConversation Run()
    {
        // What is mended can show more: a joined message, a call by its full name. Each round leaves less, so the rounds end.
        int before;
        do
        {
            before = _fixes.Count;
            MendOnce();
        }
        while (_fixes.Count > before);
        return new(Conversation.Of(Messages()), _fixes);
    }

    void MendOnce()
    {
        PlaceContent();
        MoveInstructions();
        OrderSystem();
        AddSystem();
        OrderDeveloper();
        MendSystem();
        for (int i = 0; i < _entries.Count; i++)
            MendHeader(i);
        MendCalls();
        Merge();
    }

    List<Message> Messages() => [.. _entries.Select(entry => entry.Message)];

    /// <summary>System and developer content in messages of other roles.</summary>
    void PlaceContent()
    {
        List<Entry> placed = new(_entries.Count);
        foreach (Entry entry in _entries)
        {
            List<ContentPart> system = Foreign<SystemContent>(entry.Message, Role.System);
            List<ContentPart> developer = Foreign<DeveloperContent>(entry.Message, Role.Developer);
            if (system.Count + developer.Count == 0)
            {
                placed.Add(entry);
                continue;
            }
            if (system.Count > 0)
                Place(Role.System, system);
            if (developer.Count > 0)
                Place(Role.Developer, developer);
            ContentPart[] rest = [.. entry.Message.Content.Where(part => !(part is SystemContent && system.Count > 0) && !(part is DeveloperContent && developer.Count > 0))];
            if (rest.Length > 0)
                placed.Add(entry with { Message = entry.Message with { Content = rest } });

            void Place(Role role, List<ContentPart> parts)
            {
                placed.Add(new(new Message { Author = role, Content = parts }, entry.Origin));
                Done(FindingCode.MisplacedContent, entry.Origin, $"Moved {Roles.NameOf(role)} content out of the {Roles.NameOf(entry.Message.Role)} message into one of the role {Roles.NameOf(role)}.");
            }
        }
        _entries = placed;
    }

    static List<ContentPart> Foreign<T>(Message message, Role home)
        where T : ContentPart =>
        message.Role == home ? [] : [.. message.Content.Where(part => part is T)];

    void MoveInstructions()
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            Message message = _entries[i].Message;
            if (!ConversationRules.IsInstructions(message))
                continue;
            Replace(i, message with { Author = new Author(Role.Developer, message.Author.Name), Content = [new DeveloperContent { Instructions = message.Text }] });
            Done(FindingCode.InstructionsInSystem, i, "Made the system message's text the developer message's instructions.");
        }
    }

    void OrderSystem()
    {
        bool isBehind = false;
        foreach (Entry entry in _entries)
        {
            if (entry.Message.Role != Role.System)
                isBehind = true;
            else if (isBehind)
                Done(FindingCode.SystemNotFirst, entry.Origin, "Moved the system message to the front.");
        }
        _entries = [.. _entries.Where(entry => entry.Message.Role == Role.System), .. _entries.Where(entry => entry.Message.Role != Role.System)];
    }

    void AddSystem()
    {
        if (_entries.Count > 0 && _entries[0].Message.Role == Role.System)
            return;
        _entries.Insert(0, new(Message.System(SystemContent.Default), null));
        Done(FindingCode.MissingSystem, null, "Added the default system message.");
    }

    void OrderDeveloper()
    {
        int index = ConversationRules.IndexOfDisplacedDeveloper(Messages());
        if (index < 0)
            return;
        Entry developer = _entries[index];
        _entries.RemoveAt(index);
        _entries.Insert(_entries.FindIndex(entry => entry.Message.Role != Role.System), developer);
        Done(FindingCode.DeveloperNotSecond, developer.Origin, "Moved the developer message right behind the system message.");
    }

    /// <summary>The date and the channels of the first system message, where it is typed.</summary>
    void MendSystem()
    {
        Message message = _entries[0].Message;
        SystemText system = SystemText.Of(message);
        if (system.TypedPart is not { } part)
            return;
        SystemContent content = (SystemContent)message.Content[part];
        if (system.Date is null && _options.Date is { } date)
        {
            content = content.WithDate(date);
            Done(FindingCode.MissingDate, 0, $"Set the date {content.ConversationStartDate}.");
        }
        else if (system is { Date: { } written, DatePart: { } datePart } && !ConversationRules.IsIsoDate(written) && ConversationRules.ReadDate(written) is { } read)
        {
            part = datePart;
            content = ((SystemContent)message.Content[part]).WithDate(read);
            Done(FindingCode.NotIsoDate, 0, $"Wrote the date {Printable.Quote(written)} as {content.ConversationStartDate}.");
        }
        if (!ReferenceEquals(content, message.Content[part]))
            message = With(message, part, content);
        if (system.ValidChannels is not { Count: > 0 })
        {
            part = system.TypedPart.Value;
            message = With(message, part, (SystemContent)message.Content[part] with { ChannelConfig = ChannelConfig.Default });
            Done(DeclaredTools.Of(Messages()).AnyFunctions ? FindingCode.FunctionsWithoutChannelList : FindingCode.MissingChannelList, 0, "Added the channels analysis, commentary and final.");
        }
        Replace(0, message);
    }

    static Message With(Message message, int part, ContentPart content)
    {
        ContentPart[] parts = [.. message.Content];
        parts[part] = content;
        return message with { Content = parts };
    }

    /// <summary>Words with something behind them, leftovers around the text, recipients that are none, missing channels.</summary>
    void MendHeader(int index)
    {
        Message message = _entries[index].Message;
        if (message is { Role: Role.Tool, Author.Name: { } name } && ConversationRules.CleanWord(name) is var cleanName && cleanName != name)
        {
            message = message with { Author = new Author(Role.Tool, cleanName.Length > 0 ? cleanName : null) };
            Cleaned(index, "name", name, cleanName);
        }
        if (message.Recipient is { } recipient && ConversationRules.CleanWord(recipient) is var cleanRecipient && cleanRecipient != recipient)
        {
            message = message with { Recipient = cleanRecipient.Length > 0 ? cleanRecipient : null };
            Cleaned(index, "recipient", recipient, cleanRecipient);
        }
        if (message.Channel is { } channel && ConversationRules.CleanWord(channel) is var cleanChannel && cleanChannel != channel)
        {
            message = message with { Channel = cleanChannel.Length > 0 ? cleanChannel : null };
            Cleaned(index, "channel", channel, cleanChannel);
        }
        if (message is { Role: Role.Assistant, Recipient: { } nobody } && !HarmonyCall.IsTool(nobody))
        {
            message = message with { Recipient = null };
            Done(FindingCode.CallToNobody, index, $"Took away the recipient {Printable.Quote(nobody)}, which is no tool.");
        }
        while (ControlStructure.Trim(message) is { } trimmed)
        {
            Done(FindingCode.LeftoverControlText, index, $"Took control tokens off the text: {Printable.Quote(message.Text)} is now {Printable.Quote(trimmed.Text)}.");
            message = trimmed;
        }
        if (message is { Role: Role.Assistant, Channel: null or "" })
        {
            message = message with { Channel = ConversationRules.DefaultChannel(message) };
            Done(FindingCode.MissingChannel, index, $"Put the message on the channel {message.Channel}.");
        }
        if (message is { Role: Role.Tool, Recipient: null })
        {
            message = message with { Recipient = "assistant" };
            Done(FindingCode.ResultNotToAssistant, index, "Addressed the result to the assistant.");
        }
        Replace(index, message);
    }

    void Cleaned(int index, string field, string before, string after) =>
        Done(FindingCode.PollutedHeader, index, after.Length > 0 ? $"Cut the {field} {Printable.Quote(before)} to {Printable.Quote(after)}." : $"Took away the {field} {Printable.Quote(before)}.");

    /// <summary>Names of calls without namespace, and of results without or with a bare name.</summary>
    void MendCalls()
    {
        DeclaredTools tools = DeclaredTools.Of(Messages());
        for (int i = 0; i < _entries.Count; i++)
        {
            Message message = _entries[i].Message;
            if (!HarmonyCall.IsCall(message) || tools.Contains(message.Recipient!) || ConversationRules.FullRecipient(message.Recipient!, tools) is not { } full)
                continue;
            Replace(i, message with { Recipient = full });
            Done(FindingCode.UnknownTool, i, $"Called {Printable.Quote(message.Recipient)} by its full name, {Printable.Quote(full)}.");
        }
        CallPairs calls = CallPairs.Of(Messages());
        for (int i = 0; i < _entries.Count; i++)
        {
            Message message = _entries[i].Message;
            if (message.Role != Role.Tool || calls.BetterName(i) is not { } name)
                continue;
            Replace(i, message with { Author = new Author(Role.Tool, name) });
            Done(string.IsNullOrEmpty(message.Author.Name) ? FindingCode.ToolWithoutName : FindingCode.UnknownTool, i, $"Named the result after the call that it answers, {Printable.Quote(name)}.");
        }
    }

    void Merge()
    {
        List<Message> messages = Messages();
        CallPairs calls = CallPairs.Of(messages);
        List<Entry> merged = new(_entries.Count);
        JoinedContent? joined = null;
        int last = -1;
        for (int i = 0; i < messages.Count; i++)
        {
            bool follows = i > 0 && (ConversationRules.CanMerge(messages, i, calls) || (i - 1 > last && FollowsMergedResult(i)));
            if (!follows)
            {
                Close();
                merged.Add(_entries[i]);
                last = i;
                continue;
            }
            joined ??= new JoinedContent(messages[last].Content);
            joined.Add(messages[i].Content);
            Done(messages[i].Role == Role.User ? FindingCode.ConsecutiveUser : FindingCode.ConsecutiveSameRole, i, $"Joined the {Roles.NameOf(messages[i].Role)} message with the one before it.");
        }
        Close();
        _entries = merged;

        void Close()
        {
            if (joined is not null)
                merged[^1] = merged[^1] with { Message = messages[last] with { Content = joined.ToParts() } };
            joined = null;
        }

        // A third result of one call follows a second that was merged into the first.
        bool FollowsMergedResult(int i) => messages[i].Role == Role.Tool && calls[i] is null && calls[last] is not null && messages[i].Author == messages[last].Author
            && messages[i].Recipient == messages[last].Recipient && messages[i].Channel == messages[last].Channel && messages[i].ContentType == messages[last].ContentType;
    }

    void Replace(int index, Message message) => _entries[index] = _entries[index] with { Message = message };

    void Done(FindingCode code, int index, string done) => Done(code, _entries[index].Origin, done);

    void Done(FindingCode code, int? origin, string done) => _fixes.Add(new(code, origin, done));
}
