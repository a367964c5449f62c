using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// Reads histories as people have them and mends what templates stumble over: <see cref="HistoryRepairKind"/> lists it. What it cannot
/// mend without guessing is refused.
/// </summary>
public static class HistoryReader
{
    /// <summary>
    /// Reads <c>{"messages":[…],"tools":[…],"chat_template_kwargs":{…}}</c>, or a list of messages alone. Arguments of the template may also stand
    /// under <c>kwargs</c>, and <c>reasoning_effort</c>, <c>model_identity</c> and <c>date</c> beside the messages.
    /// </summary>
    /// <param name="json">The history.</param>
    /// <param name="repairs">Collects what was mended; null where nobody wants to know.</param>
    /// <exception cref="HistoryFormatException">Something that is no history; the message names the place.</exception>
    public static History Read(JsonElement json, HistoryRepairs? repairs = null)
    {
        try
        {
            return ReadAny(json, repairs ?? new(listed: false));
        }
        catch (InvalidOperationException e)   // a name or a raw value that is no Unicode
        {
            throw new HistoryFormatException("", JsonText.NotUnicode, e);
        }
    }

    /// <inheritdoc cref="Read(JsonElement, HistoryRepairs)"/>
    public static History Read(string json, HistoryRepairs? repairs = null)
    {
        using JsonDocument document = Parse(json);
        return Read(document.RootElement, repairs);
    }

    static History ReadAny(JsonElement json, HistoryRepairs repairs)
    {
        if (json.ValueKind == JsonValueKind.Array)
            return new() { Messages = ReadMessages(json, "messages", repairs) };
        if (json.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(json, "", "an object with 'messages'");
        if (!json.TryGetProperty("messages"u8, out JsonElement messages))
            throw new HistoryFormatException("messages", "found nothing, expected a list of messages");
        return ReadSurroundings(json) with { Messages = ReadMessages(messages, "messages", repairs) };
    }

    /// <summary>Everything but the messages.</summary>
    internal static History ReadSurroundings(JsonElement json)
    {
        HistoryArguments arguments = new();
        if (JsonText.Present(json, "chat_template_kwargs"u8) is { } kwargs)
            arguments.ReadAll(kwargs, "chat_template_kwargs");
        if (JsonText.Present(json, "kwargs"u8) is { } others)
            arguments.ReadAll(others, "kwargs");
        foreach (string name in (ReadOnlySpan<string>)["reasoning_effort", "model_identity", "builtin_tools", "date"])
            if (json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                arguments.Read(name, value, name);
        return arguments.ToHistory(ReadTools(json));
    }

    /// <summary>The list of tools as JSON; it may be JSON inside a string, and of the old name <c>functions</c>.</summary>
    static string? ReadTools(JsonElement json)
    {
        JsonElement? found = JsonText.Present(json, "tools"u8) ?? JsonText.Present(json, "functions"u8);
        if (found is not { } tools)
            return null;
        if (tools.ValueKind == JsonValueKind.String)
        {
            string text = JsonText.String(tools, "tools");
            if (text.AsSpan().Trim().IsEmpty)
                return null;
            using JsonDocument parsed = Parse(text, "tools");
            return ListOf(parsed.RootElement);
        }
        return ListOf(tools);

        static string? ListOf(JsonElement list) => list.ValueKind switch
        {
            JsonValueKind.Array => list.GetArrayLength() == 0 ? null : list.GetRawText(),
            JsonValueKind.Null => null,
            _ => throw JsonText.Wrong(list, "tools", "a list of tools"),
        };
    }

    internal static List<HistoryMessage> ReadMessages(JsonElement messages, string path, HistoryRepairs repairs)
    {
        if (messages.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(messages, path, "a list of messages");
        List<HistoryMessage> read = new(messages.GetArrayLength());
        CallNames names = new();
        foreach (JsonElement message in messages.EnumerateArray())
        {
            int index = read.Count;
            HistoryMessage next = MessageReader.Read(message, path, index, repairs);
            if (next.Role == Role.Assistant)
                names.Add(next.Calls);
            else if (next.Role == Role.Tool)
                next = names.Name(next, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", repairs, index);
            read.Add(next);
        }
        return read;
    }

    internal static JsonDocument Parse(string json, string path = "")
    {
        try
        {
            return JsonDocument.Parse(json, JsonText.ReadOptions);
        }
        catch (JsonException e)
        {
            throw new HistoryFormatException(path, $"not JSON: {e.Message}", e);
        }
    }
}
