using System.Buffers;

namespace Chorale.Harmony;

/// <summary>
/// Writes messages as ids: <c>&lt;|start|&gt;role to=recipient&lt;|channel|&gt;channel type&lt;|message|&gt;content&lt;|end|&gt;</c>.
/// Each piece of text is encoded on its own, as the official implementation does, so that pieces never merge.
/// </summary>
static class ConversationRenderer
{
    public static void Render(HarmonyEncoding encoding, Conversation conversation, RenderOptions? options, bool isForTraining, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(destination);
        IReadOnlyList<Message> messages = conversation.Messages;
        int dropBefore = DropBefore(messages, options ?? RenderOptions.Default);
        for (int i = 0; i < messages.Count; i++)
            if (!IsDropped(messages[i], i, dropBefore))
                Check(messages[i], i);

        bool hasFunctionTools = HasFunctionTools(messages);
        bool endsInReturn = isForTraining && messages is [.., { Role: Role.Assistant, Channel: Channels.Final }];
        for (int i = 0; i < messages.Count; i++)
        {
            if (IsDropped(messages[i], i, dropBefore))
                continue;
            int end = endsInReturn && i == messages.Count - 1 ? encoding.Control.Return : EndOf(messages[i], encoding.Control);
            Message(encoding, messages[i], hasFunctionTools, end, destination);
        }
    }

    public static void RenderMessage(HarmonyEncoding encoding, Message message, bool hasFunctionTools, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(destination);
        Check(message, 0);
        Message(encoding, message, hasFunctionTools, EndOf(message, encoding.Control), destination);
    }

    public static void RenderStart(HarmonyEncoding encoding, Role role, IBufferWriter<int> destination)
    {
        Control(encoding.Control.Start, destination);
        destination.Write(encoding.Headers.Role(role));
    }

    /// <summary>The index before which analysis is dropped; 0 where none is.</summary>
    static int DropBefore(IReadOnlyList<Message> messages, RenderOptions options)
    {
        if (options.AnalysisDropping == AnalysisDropping.None)
            return 0;
        Message? lastOfAssistant = messages.LastOrDefault(message => message.Role == Role.Assistant);
        if (lastOfAssistant?.Channel != Channels.Final)
            return 0;
        int firstFinal = 0;
        while (messages[firstFinal].Channel != Channels.Final)
            firstFinal++;
        return firstFinal;
    }

    static bool IsDropped(Message message, int index, int dropBefore) => index < dropBefore && message.Channel == Channels.Analysis;

    // The key counts, not the namespace's name, and only in developer content.
    static bool HasFunctionTools(IReadOnlyList<Message> messages) => messages.Any(message => message.Content.Any(part =>
        part is DeveloperContent { Tools: { } tools } && tools.TryGetValue("functions", out ToolNamespace? functions) && functions.Tools.Count > 0));

    static void Check(Message message, int index)
    {
        if (message.Role == Role.Tool && message.Author.Name is null)
            throw new HarmonyRenderException("Tools should have a name!", index);
        for (int i = 0; i < message.Content.Count; i++)
        {
            if (message.Content[i] is SystemContent && message.Role != Role.System)
                throw new HarmonyRenderException($"SystemContent may only appear in system messages, found in {message.Role}", index);
            if (message.Content[i] is DeveloperContent && message.Role != Role.Developer)
                throw new HarmonyRenderException($"DeveloperContent may only appear in developer messages, found in {message.Role}", index);
        }
    }

    static int EndOf(Message message, ControlTokens control) =>
        message.Role == Role.Assistant && message.Recipient is not null ? control.Call : control.End;

    static void Message(HarmonyEncoding encoding, Message message, bool hasFunctionTools, int end, IBufferWriter<int> destination)
    {
        Control(encoding.Control.Start, destination);
        Header(encoding, message, destination);
        Control(encoding.Control.Message, destination);
        for (int i = 0; i < message.Content.Count; i++)
            encoding.Tokenizer.Encode(TextOf(message.Content[i], hasFunctionTools), destination);
        Control(end, destination);
    }

    static void Header(HarmonyEncoding encoding, Message message, IBufferWriter<int> destination)
    {
        HeaderPieces pieces = encoding.Headers;
        if (message.Role == Role.Tool)
        {
            encoding.Tokenizer.Encode(message.Author.Name, destination);   // a tool is headed by its name alone
        }
        else
        {
            destination.Write(pieces.Role(message.Role));
            if (message.Author.Name is { } name)
                pieces.Encode(":", name, destination);
        }
        if (message.Recipient is { } recipient && recipient != "all")
            pieces.EncodeRecipient(recipient, destination);
        if (message.Channel is { } channel)
        {
            Control(encoding.Control.Channel, destination);
            pieces.EncodeChannel(channel, destination);
        }
        if (message.ContentType is { } type)
            ContentType(encoding, type, destination);
    }

    static void ContentType(HarmonyEncoding encoding, string type, IBufferWriter<int> destination)
    {
        if (!type.StartsWith(ControlTokens.ConstrainName, StringComparison.Ordinal))
        {
            encoding.Headers.Encode(" ", type, destination);
            return;
        }
        destination.Write(encoding.Headers.Space);
        Control(encoding.Control.Constrain, destination);
        encoding.Headers.EncodeConstraint(type[ControlTokens.ConstrainName.Length..], destination);
    }

    static void Control(int id, IBufferWriter<int> destination)
    {
        destination.GetSpan(1)[0] = id;
        destination.Advance(1);
    }

    static string TextOf(ContentPart part, bool hasFunctionTools) => part switch
    {
        TextContent text => text.Text,
        SystemContent system => ContentText.Of(system, hasFunctionTools),
        DeveloperContent developer => ContentText.Of(developer),
        _ => throw new InvalidOperationException($"Unknown content: {part.GetType()}."),
    };
}
