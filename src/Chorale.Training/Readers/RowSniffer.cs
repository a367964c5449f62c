using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Tells the form of a row by its fields.</summary>
static class RowSniffer
{
    const int MostFieldsNamed = 8;

    /// <summary>The form.</summary>
    /// <exception cref="HistoryFormatException">None; the message names the fields that are there.</exception>
    public static RowForm Tell(JsonElement row) => row.ValueKind switch
    {
        JsonValueKind.String => RowForm.HarmonyText,
        JsonValueKind.Array => TellList(row),
        JsonValueKind.Object => TellObject(row),
        _ => throw JsonText.Wrong(row, "", "a row of a data set"),
    };

    static RowForm TellObject(JsonElement row)
    {
        if (row.TryGetProperty("messages"u8, out JsonElement messages) && messages.ValueKind == JsonValueKind.Array)
            return row.TryGetProperty("reasoning_language"u8, out _) ? RowForm.MultilingualThinking
                : row.TryGetProperty("parallel_tool_calls"u8, out _) ? RowForm.OpenAI
                : TellMessages(messages);
        if (row.TryGetProperty("conversations"u8, out JsonElement turns) && turns.ValueKind == JsonValueKind.Array)
            return TellList(turns);
        if (row.TryGetProperty("prompt"u8, out _) && row.TryGetProperty("completion"u8, out _))
            return RowForm.PromptCompletion;
        if (row.TryGetProperty("instruction"u8, out _) && (row.TryGetProperty("output"u8, out _) || row.TryGetProperty("response"u8, out _)))
            return RowForm.Alpaca;
        if (row.TryGetProperty("user"u8, out _) && row.TryGetProperty("final"u8, out _))
            return RowForm.MultilingualThinking;
        if (row.TryGetProperty("text"u8, out JsonElement text) && text.ValueKind == JsonValueKind.String)
            return RowForm.HarmonyText;
        throw new HistoryFormatException("", $"found a row with {Fields(row)}, expected one of the forms {string.Join(", ", RowForms.Names)}");
    }

    static RowForm TellList(JsonElement list)
    {
        foreach (JsonElement item in list.EnumerateArray())
            return item.ValueKind == JsonValueKind.Object && item.TryGetProperty("from"u8, out _) ? RowForm.ShareGpt : TellMessages(list);
        return RowForm.Messages;
    }

    static RowForm TellMessages(JsonElement messages)
    {
        foreach (JsonElement message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
                continue;
            foreach (JsonProperty field in message.EnumerateObject())
            {
                if (field.NameEquals("recipient"u8) || field.NameEquals("content_type"u8) || (field.NameEquals("content"u8) && IsHarmonyContent(field.Value)))
                    return RowForm.Conversation;
                if (field.NameEquals("channel"u8) && IsAnswered(messages))
                    return RowForm.Conversation;
                if (field.NameEquals("weight"u8) || (field.NameEquals("tool_calls"u8) && HasTextArguments(field.Value)))
                    return RowForm.OpenAI;
                if (field.NameEquals("reasoning_content"u8) || (field.NameEquals("content"u8) && IsThinkTag(field.Value)))
                    return RowForm.Qwen;
            }
        }
        return RowForm.Messages;
    }

    /// <summary>Messages whose every answer names a channel, and none has reasoning or calls beside its content, are Harmony's.</summary>
    static bool IsAnswered(JsonElement messages)
    {
        foreach (JsonElement message in messages.EnumerateArray())
        {
            bool isAssistant = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role"u8, out JsonElement role)
                && role.ValueKind == JsonValueKind.String && role.ValueEquals("assistant"u8);
            if (isAssistant && (message.TryGetProperty("thinking"u8, out _) || message.TryGetProperty("tool_calls"u8, out _) || !message.TryGetProperty("channel"u8, out _)))
                return false;
        }
        return true;
    }

    static bool IsHarmonyContent(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return false;
        foreach (JsonElement part in content.EnumerateArray())
            if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type"u8, out JsonElement type) && type.ValueKind == JsonValueKind.String
                && (type.ValueEquals("system_content"u8) || type.ValueEquals("developer_content"u8)))
                return true;
        return false;
    }

    static bool IsThinkTag(JsonElement content) =>
        content.ValueKind == JsonValueKind.String && System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(content).StartsWith("\"<think>"u8);

    static bool HasTextArguments(JsonElement calls)
    {
        if (calls.ValueKind != JsonValueKind.Array)
            return false;
        foreach (JsonElement call in calls.EnumerateArray())
            if (call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function"u8, out JsonElement function) && function.ValueKind == JsonValueKind.Object
                && function.TryGetProperty("arguments"u8, out JsonElement arguments) && arguments.ValueKind == JsonValueKind.String)
                return true;
        return false;
    }

    static string Fields(JsonElement row)
    {
        List<string> names = [];
        foreach (JsonProperty field in row.EnumerateObject())
        {
            if (names.Count == MostFieldsNamed)
            {
                names.Add("…");
                break;
            }
            names.Add(Printable.Quote(field.Name, 30));
        }
        return names.Count == 0 ? "no fields" : string.Join(", ", names);
    }
}
