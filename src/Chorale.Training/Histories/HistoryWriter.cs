using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Training;

/// <summary>Writes histories as dictionaries: no nulls, no empty calls, arguments as objects, results with their names.</summary>
public static class HistoryWriter
{
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1024, SkipValidation = true };

    /// <summary>Writes <c>{"messages":[…],"tools":[…],"chat_template_kwargs":{…},"date":…}</c>, without what is not there.</summary>
    /// <param name="history">The history.</param>
    /// <param name="reasoning">Where reasoning goes.</param>
    public static string Write(History history, ReasoningForm reasoning = ReasoningForm.Thinking)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            WriteFields(writer, history, reasoning);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The list of messages alone.</summary>
    /// <inheritdoc cref="Write(History, ReasoningForm)" path="/param"/>
    public static string WriteMessages(History history, ReasoningForm reasoning = ReasoningForm.Thinking)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
            WriteMessages(writer, history.Messages, reasoning);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void WriteFields(Utf8JsonWriter writer, History history, ReasoningForm reasoning)
    {
        ArgumentNullException.ThrowIfNull(history);
        writer.WritePropertyName("messages"u8);
        WriteMessages(writer, history.Messages, reasoning);
        if (history.Tools is { } tools)
            writer.WriteRaw("tools"u8, tools);
        if (HasArguments(history))
        {
            writer.WritePropertyName("chat_template_kwargs"u8);
            WriteArguments(writer, history);
        }
        if (history.Date is { } date)
            writer.WriteString("date"u8, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>The template's arguments as an object.</summary>
    internal static void WriteArguments(Utf8JsonWriter writer, History history)
    {
        writer.WriteStartObject();
        if (history.ModelIdentity is { } identity)
            writer.WriteString("model_identity"u8, identity);
        if (history.ReasoningEffort is { } effort)
            writer.WriteString("reasoning_effort"u8, HistoryArguments.NameOf(effort));
        if (history.BuiltinTools.Count > 0)
        {
            writer.WriteStartArray("builtin_tools"u8);
            foreach (string tool in history.BuiltinTools)
                writer.WriteStringValue(tool);
            writer.WriteEndArray();
        }
        foreach ((string name, string json) in history.Arguments)
            writer.WriteRaw(Encoding.UTF8.GetBytes(name), json);
        writer.WriteEndObject();
    }

    /// <summary>The template's arguments as it sees them.</summary>
    internal static Dictionary<string, TemplateValue> VariablesOf(History history)
    {
        Dictionary<string, TemplateValue> variables = new(StringComparer.Ordinal);
        if (history.ModelIdentity is { } identity)
            variables["model_identity"] = TemplateValue.From(identity);
        if (history.ReasoningEffort is { } effort)
            variables["reasoning_effort"] = TemplateValue.From(HistoryArguments.NameOf(effort));
        if (history.BuiltinTools.Count > 0)
            variables["builtin_tools"] = TemplateValue.FromList(history.BuiltinTools.Select(TemplateValue.From));
        foreach ((string name, string json) in history.Arguments)
            variables[name] = TemplateValue.FromJson(json);
        return variables;
    }

    static bool HasArguments(History history) =>
        history.ModelIdentity is not null || history.ReasoningEffort is not null || history.BuiltinTools.Count > 0 || history.Arguments.Count > 0;

    static void WriteMessages(Utf8JsonWriter writer, IReadOnlyList<HistoryMessage> messages, ReasoningForm reasoning)
    {
        writer.WriteStartArray();
        for (int i = 0; i < messages.Count; i++)
            WriteMessage(writer, messages[i], reasoning);
        writer.WriteEndArray();
    }

    static void WriteMessage(Utf8JsonWriter writer, HistoryMessage message, ReasoningForm reasoning)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, Roles.NameOf(message.Role));
        if (message.Name is { } name)
            writer.WriteString("name"u8, name);
        string? content = message.Content;
        if (message.Thinking is { } thinking && reasoning == ReasoningForm.ThinkTags)
            content = $"<think>\n{thinking.Trim('\n')}\n</think>\n\n{content}";
        else if (message.Thinking is not null)
            writer.WriteString(reasoning == ReasoningForm.Thinking ? "thinking"u8 : "reasoning_content"u8, message.Thinking);
        if (content is not null || message.Calls.Count == 0)
            writer.WriteString("content"u8, content ?? "");
        if (message.Calls.Count > 0)
            WriteCalls(writer, message.Calls);
        if (message.CallId is { } id)
            writer.WriteString("tool_call_id"u8, id);
        if (message.Channel is { } channel)
            writer.WriteString("channel"u8, channel);
        if (!message.IsTrained)
            writer.WriteNumber("weight"u8, 0);
        foreach ((string field, string json) in message.Others)
            writer.WriteRaw(Encoding.UTF8.GetBytes(field), json);
        writer.WriteEndObject();
    }

    static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<HistoryCall> calls)
    {
        writer.WriteStartArray("tool_calls"u8);
        for (int i = 0; i < calls.Count; i++)
        {
            HistoryCall call = calls[i];
            writer.WriteStartObject();
            if (call.Id is { } id)
                writer.WriteString("id"u8, id);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, call.Name);
            if (call.IsJson)
                writer.WriteRaw("arguments"u8, call.Arguments);
            else
                writer.WriteString("arguments"u8, call.Arguments);
            if (call.ContentType is { } type)
                writer.WriteString("content_type"u8, type);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>A field that is JSON already, on one line.</summary>
    static void WriteRaw(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string json)
    {
        writer.WritePropertyName(name);
        if (!json.AsSpan().ContainsAny('\r', '\n'))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }
        using JsonDocument document = JsonDocument.Parse(json, JsonText.ReadOptions);
        document.RootElement.WriteTo(writer);
    }
}
