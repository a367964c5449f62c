using System.Buffers;

namespace Chorale.Harmony;

/// <summary>Writes conversations in the official order of fields.</summary>
static class ConversationWriter
{
    public static void Write(Conversation conversation, IBufferWriter<byte> destination)
    {
        CompactJson json = new(destination);
        json.Raw("{\"messages\":"u8);
        Write(conversation.Messages, destination);
        json.Raw("}"u8);
    }

    public static void Write(IReadOnlyList<Message> messages, IBufferWriter<byte> destination)
    {
        CompactJson json = new(destination);
        json.Raw("["u8);
        for (int i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                json.Raw(","u8);
            Write(messages[i], destination);
        }
        json.Raw("]"u8);
    }

    public static void Write(Message message, IBufferWriter<byte> destination)
    {
        CompactJson json = new(destination);
        json.Raw("{\"role\":"u8);
        json.String(Roles.NameOf(message.Role));
        Optional(json, ",\"name\":"u8, message.Author.Name);
        Optional(json, ",\"recipient\":"u8, message.Recipient);
        json.Raw(",\"content\":"u8);
        if (message.Content is [TextContent only])
            json.String(only.Text);
        else
            Parts(json, message.Content);
        Optional(json, ",\"channel\":"u8, message.Channel);
        Optional(json, ",\"content_type\":"u8, message.ContentType);
        json.Raw("}"u8);
    }

    static void Optional(CompactJson json, ReadOnlySpan<byte> key, string? value)
    {
        if (value is null)
            return;
        json.Raw(key);
        json.String(value);
    }

    static void Parts(CompactJson json, IReadOnlyList<ContentPart> parts)
    {
        json.Raw("["u8);
        for (int i = 0; i < parts.Count; i++)
        {
            if (i > 0)
                json.Raw(","u8);
            switch (parts[i])
            {
                case TextContent text:
                    json.Raw("{\"type\":\"text\",\"text\":"u8);
                    json.String(text.Text);
                    break;
                case SystemContent system:
                    System(json, system);
                    break;
                case DeveloperContent developer:
                    json.Raw("{\"type\":\"developer_content\",\"instructions\":"u8);
                    json.StringOrNull(developer.Instructions);
                    json.Raw(",\"tools\":"u8);
                    Tools(json, developer.Tools);
                    ResponseFormats(json, developer.ResponseFormats);
                    break;
            }
            json.Raw("}"u8);
        }
        json.Raw("]"u8);
    }

    static void System(CompactJson json, SystemContent system)
    {
        json.Raw("{\"type\":\"system_content\",\"model_identity\":"u8);
        json.StringOrNull(system.ModelIdentity);
        json.Raw(",\"reasoning_effort\":"u8);
        json.StringOrNull(system.ReasoningEffort?.ToString());
        json.Raw(",\"tools\":"u8);
        Tools(json, system.Tools);
        json.Raw(",\"conversation_start_date\":"u8);
        json.StringOrNull(system.ConversationStartDate);
        json.Raw(",\"knowledge_cutoff\":"u8);
        json.StringOrNull(system.KnowledgeCutoff);
        json.Raw(",\"channel_config\":"u8);
        if (system.ChannelConfig is not { } channels)
        {
            json.Raw("null"u8);
            return;
        }
        json.Raw("{\"valid_channels\":["u8);
        for (int i = 0; i < channels.ValidChannels.Count; i++)
        {
            if (i > 0)
                json.Raw(","u8);
            json.String(channels.ValidChannels[i]);
        }
        json.Raw("],\"channel_required\":"u8);
        json.Raw(channels.ChannelRequired ? "true}"u8 : "false}"u8);
    }

    static void Tools(CompactJson json, IReadOnlyDictionary<string, ToolNamespace>? tools)
    {
        if (tools is null)
        {
            json.Raw("null"u8);
            return;
        }
        json.Raw("{"u8);
        bool first = true;
        foreach ((string key, ToolNamespace tool) in tools)
        {
            if (!first)
                json.Raw(","u8);
            first = false;
            json.String(key);
            json.Raw(":"u8);
            Write(json, tool);
        }
        json.Raw("}"u8);
    }

    static void Write(CompactJson json, ToolNamespace tools)
    {
        json.Raw("{\"name\":"u8);
        json.String(tools.Name);
        json.Raw(",\"description\":"u8);
        json.StringOrNull(tools.Description);
        json.Raw(",\"tools\":["u8);
        for (int i = 0; i < tools.Tools.Count; i++)
        {
            ToolDescription tool = tools.Tools[i];
            json.Raw(i > 0 ? ",{\"name\":"u8 : "{\"name\":"u8);
            json.String(tool.Name);
            json.Raw(",\"description\":"u8);
            json.String(tool.Description);
            json.Raw(",\"parameters\":"u8);
            if (tool.Parameters is { } parameters)
                json.Value(parameters.Root);
            else
                json.Raw("null"u8);
            if (tool.Returns is { } returns)
            {
                json.Raw(",\"returns\":"u8);
                json.Value(returns.Root);
            }
            json.Raw("}"u8);
        }
        json.Raw("]}"u8);
    }

    /// <summary>Not a field of openai-harmony, so written only where there is one.</summary>
    static void ResponseFormats(CompactJson json, IReadOnlyList<ResponseFormat> formats)
    {
        if (formats.Count == 0)
            return;
        json.Raw(",\"response_formats\":["u8);
        for (int i = 0; i < formats.Count; i++)
        {
            json.Raw(i > 0 ? ",{\"name\":"u8 : "{\"name\":"u8);
            json.String(formats[i].Name);
            Optional(json, ",\"description\":"u8, formats[i].Description);
            json.Raw(",\"schema\":"u8);
            if (formats[i].Schema.Text.AsSpan().ContainsAny('\r', '\n'))
                json.Value(formats[i].Schema.Root);   // what is written stays one line
            else
                json.Raw(formats[i].Schema.Text);     // the model is shown the text as it is
            json.Raw("}"u8);
        }
        json.Raw("]"u8);
    }
}
