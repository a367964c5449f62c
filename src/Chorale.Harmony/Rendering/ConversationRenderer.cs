using System.Buffers;

namespace Chorale.Harmony;

/// <summary>
/// Writes messages as ids: <c>&lt;|start|&gt;role to=recipient&lt;|channel|&gt;channel type&lt;|message|&gt;content&lt;|end|&gt;</c>.
/// Each piece of text is encoded on its own, as the official implementation does, so that pieces never merge.
/// </summary>
static class ConversationRenderer
{
    public static void Render(HarmonyEncoding encoding, Conversation conversation, RenderOptions? options, RenderPurpose purpose, IBufferWriter<int> destination)
    {
        RenderPlan plan = new(encoding, conversation, options, purpose);
        ArgumentNullException.ThrowIfNull(destination);
        for (int i = 0; i < plan.Messages.Length; i++)
            if (!plan.Drops(i))
                Check(plan.Messages[i], i, plan.Context);
        for (int i = 0; i < plan.Messages.Length; i++)
        {
            if (plan.Drops(i))
                continue;
            Body(encoding, plan.Messages[i], plan.Context, destination);
            Control(plan.EndOf(i), destination);
        }
    }

    /// <summary>What was kept and dropped, and what each message costs.</summary>
    public static RenderReport Describe(HarmonyEncoding encoding, Conversation conversation, RenderOptions? options, RenderPurpose purpose, Role nextRole)
    {
        RenderPlan plan = new(encoding, conversation, options, purpose);
        ArrayBufferWriter<int> ids = new();
        RenderedMessage[] messages = new RenderedMessage[plan.Messages.Length];
        for (int i = 0; i < messages.Length; i++)
        {
            Message message = plan.Messages[i];
            Exception? error = FindError(message, i, plan.Context);
            if (error is not null && !plan.Drops(i))
                throw error;
            ids.ResetWrittenCount();
            if (error is null)
                Body(encoding, message, plan.Context, ids);
            messages[i] = new(i, message, plan.ReasonOf(i), error is null ? ids.WrittenCount + 1 : null);
        }
        ids.ResetWrittenCount();
        if (purpose == RenderPurpose.Completion)
            RenderStart(encoding, nextRole, ids);
        return new RenderReport((options ?? RenderOptions.Default).AnalysisDropping, purpose, messages, ids.WrittenCount);
    }

    public static void RenderMessage(HarmonyEncoding encoding, Message message, RenderContext context, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(destination);
        Check(message, 0, context);
        Body(encoding, message, context, destination);
        Control(EndOf(message, encoding.Control), destination);
    }

    public static void RenderStart(HarmonyEncoding encoding, Role role, IBufferWriter<int> destination)
    {
        Control(encoding.Control.Start, destination);
        destination.Write(encoding.Headers.Role(role));
    }

    /// <summary>Throws where the message has no rendered form.</summary>
    public static void Check(Message message, int index, RenderContext context)
    {
        if (FindError(message, index, context) is { } error)
            throw error;
    }

    static Exception? FindError(Message message, int index, RenderContext context)
    {
        if (message.Role == Role.Tool && message.Author.Name is null)
            return new HarmonyRenderException("Tools should have a name!", index);
        for (int i = 0; i < message.Content.Count; i++)
        {
            if (message.Content[i] is SystemContent && message.Role != Role.System)
                return new HarmonyRenderException($"SystemContent may only appear in system messages, found in {message.Role}", index);
            if (message.Content[i] is DeveloperContent && message.Role != Role.Developer)
                return new HarmonyRenderException($"DeveloperContent may only appear in developer messages, found in {message.Role}", index);
            if (ToolText.FindError(message.Content[i], context.Schemas) is { } error)
                return error;
        }
        return null;
    }

    /// <summary>The id that ends a message which is not the last of a trained turn.</summary>
    public static int EndOf(Message message, ControlTokens control) =>
        message.Role == Role.Assistant && message.Recipient is not null ? control.Call : control.End;

    /// <summary>The whole message but for the id that ends it.</summary>
    public static void Body(HarmonyEncoding encoding, Message message, RenderContext context, IBufferWriter<int> destination)
    {
        Control(encoding.Control.Start, destination);
        Header(encoding, message, destination);
        Control(encoding.Control.Message, destination);
        for (int i = 0; i < message.Content.Count; i++)
            Content(encoding, message.Content[i], context, destination);
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
        encoding.Headers.EncodeConstraint(type.AsSpan(ControlTokens.ConstrainName.Length), destination);
    }

    static void Control(int id, IBufferWriter<int> destination)
    {
        destination.GetSpan(1)[0] = id;
        destination.Advance(1);
    }

    static void Content(HarmonyEncoding encoding, ContentPart part, RenderContext context, IBufferWriter<int> destination)
    {
        if (part is TextContent text)
        {
            encoding.Tokenizer.Encode(text.Text, destination);
            return;
        }
        using BorrowedText written = BorrowedText.Take();
        switch (part)
        {
            case SystemContent system:
                ContentText.Append(written.Builder, system, context);
                break;
            case DeveloperContent developer:
                ContentText.Append(written.Builder, developer, context);
                break;
            default:
                throw new InvalidOperationException($"Unknown content: {part.GetType()}.");
        }
        written.Encode(encoding.Tokenizer, destination);
    }
}
