using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// What unsloth's <c>encode_conversations_with_harmony</c> makes of message dictionaries, by either of its rules. It mends nothing and leaves out what it leaves out,
/// the roles <c>system</c> and <c>developer</c> included; for samples, <see cref="HistoryConverter"/> is the better way.
/// </summary>
public static class HarmonyHistoryEncoder
{
    static readonly string[] RuleNames = ["current", "until-2026-06"];

    /// <summary>The names of the rules.</summary>
    public static IReadOnlyList<string> Names => RuleNames;

    /// <summary>The name of a rule.</summary>
    public static string NameOf(HarmonyEncodingRule rule) => RuleNames[(int)rule];

    /// <summary>Reads a rule's name.</summary>
    public static bool TryParse(string? name, out HarmonyEncodingRule rule)
    {
        int index = Array.IndexOf(RuleNames, name);
        rule = index < 0 ? default : (HarmonyEncodingRule)index;
        return index >= 0;
    }

    /// <summary>Encodes a list of message dictionaries.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The function's arguments.</param>
    /// <param name="encoding">Null is gpt-oss's.</param>
    /// <exception cref="HistoryFormatException">What the function cannot work on either: no list, no role, a content that is no text.</exception>
    public static EncodedHistory Encode(JsonElement messages, HarmonyEncodingOptions options, HarmonyEncoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        encoding ??= HarmonyEncoding.Default;
        if (messages.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(messages, "messages", "a list of messages");
        List<Message> converted = [Message.System(SystemOf(options))];
        if (options.DeveloperInstructions is not null || options.Tools is not null)
            converted.Add(Message.Developer(DeveloperOf(options)));
        int index = 0;
        foreach (JsonElement message in messages.EnumerateArray())
            Add(message, string.Create(CultureInfo.InvariantCulture, $"messages[{index++}]"), options.Rule, converted);
        Conversation conversation = Conversation.Of(converted);
        int[] ids = options.AddGenerationPrompt ? encoding.RenderForCompletion(conversation) : encoding.RenderConversation(conversation);
        return new(conversation, ids, encoding.Tokenizer.Decode(ids));
    }

    static SystemContent SystemOf(HarmonyEncodingOptions options) =>
        (SystemContent.Default with { ModelIdentity = options.ModelIdentity, ReasoningEffort = options.ReasoningEffort }).WithDate(options.Date);

    static DeveloperContent DeveloperOf(HarmonyEncodingOptions options)
    {
        DeveloperContent content = new() { Instructions = options.DeveloperInstructions };
        return options.Tools is { } tools ? content.WithTools(HistoryConverter.ReadTools(tools)) : content;
    }

    static void Add(JsonElement message, string path, HarmonyEncodingRule rule, List<Message> converted)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(message, path, "a message");
        switch (Required(message, "role"u8, path))
        {
            case "user":
                converted.Add(Message.User(Required(message, "content"u8, path)));
                break;
            case "tool":
                converted.Add(Message.Tool($"functions.{Required(message, "name"u8, path)}", Required(message, "content"u8, path)) with { Recipient = "assistant", Channel = Channels.Commentary });
                break;
            case "assistant" when rule == HarmonyEncodingRule.Current:
                AddCurrent(message, path, converted);
                break;
            case "assistant":
                converted.Add(ByKeys(message, path));
                break;
        }
    }

    static void AddCurrent(JsonElement message, string path, List<Message> converted)
    {
        if (NonEmpty(message, "thinking"u8, path) is { } thinking)
            converted.Add(Message.Assistant(thinking, Channels.Analysis));
        if (JsonText.Present(message, "tool_calls"u8) is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0)
            converted.Add(Call(calls[0], $"{path}.tool_calls[0]"));
        else if (NonEmpty(message, "content"u8, path) is { } content)
            converted.Add(Message.Assistant(content, Channels.Final));
    }

    static Message ByKeys(JsonElement message, string path)
    {
        if (message.TryGetProperty("thinking"u8, out _))
            return Message.Assistant(Required(message, "content"u8, path), Channels.Analysis);
        if (!message.TryGetProperty("tool_calls"u8, out JsonElement calls))
            return Message.Assistant(Required(message, "content"u8, path), Channels.Final);
        return calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0
            ? Call(calls[0], $"{path}.tool_calls[0]")
            : throw JsonText.Wrong(calls, $"{path}.tool_calls", "a list with a call");
    }

    static Message Call(JsonElement call, string path)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(call, path, "a call, {\"name\",\"arguments\"}");
        return Message.Assistant(Required(call, "arguments"u8, path), Channels.Commentary) with
        {
            Recipient = $"functions.{Required(call, "name"u8, path)}",
            ContentType = "json",
        };
    }

    static string? NonEmpty(JsonElement message, ReadOnlySpan<byte> name, string path) =>
        JsonText.OptionalString(message, name, path) is { Length: > 0 } text ? text : null;

    static string Required(JsonElement message, ReadOnlySpan<byte> name, string path)
    {
        string field = $"{path}.{System.Text.Encoding.UTF8.GetString(name)}";
        return message.TryGetProperty(name, out JsonElement value) ? JsonText.String(value, field) : throw new HistoryFormatException(field, "found nothing, expected a string");
    }
}
