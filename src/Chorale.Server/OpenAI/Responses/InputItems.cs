using System.Buffers;
using System.Text.Json;

namespace Chorale.Server;

/// <summary>The items that a client sent, as they are kept and listed: each with its id and in its long form.</summary>
static class InputItems
{
    /// <summary>Writes items for the store.</summary>
    /// <param name="items">As they came; a text is a message of the user.</param>
    /// <param name="ids">The response's.</param>
    /// <exception cref="ApiException">A string in them holds half of a surrogate pair.</exception>
    public static byte[] Write(IReadOnlyList<RequestValue> items, ResponseIds ids)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
        {
            writer.WriteStartArray();
            for (int i = 0; i < items.Count; i++)
                Write(items[i], ids, i, writer);
            writer.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A page of the items of a response.</summary>
    /// <param name="items">All of them, in the order in which they came.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="isAscending">Whether the first comes first.</param>
    /// <param name="after">The id behind which the page begins; null begins at the beginning.</param>
    /// <exception cref="ApiException">No item has the id.</exception>
    public static byte[] WritePage(JsonElement items, int limit, bool isAscending, string? after)
    {
        List<JsonElement> ordered = [.. items.EnumerateArray()];
        if (!isAscending)
            ordered.Reverse();
        int start = 0;
        if (after is not null)
        {
            start = ordered.FindIndex(item => IdOf(item) == after) + 1;
            if (start == 0)
                throw ApiException.NotFound($"Item with id '{RequestValue.Shorten(after)}' not found.", "after", "item_not_found");
        }
        List<JsonElement> page = [.. ordered.Skip(start).Take(limit)];
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (JsonElement item in page)
                item.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteString("first_id", page.Count > 0 ? IdOf(page[0]) : null);
            writer.WriteString("last_id", page.Count > 0 ? IdOf(page[^1]) : null);
            writer.WriteBoolean("has_more", start + page.Count < ordered.Count);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static string? IdOf(JsonElement item) => TextOf(item, "id");

    static void Write(RequestValue value, ResponseIds ids, int index, Utf8JsonWriter writer)
    {
        if (value.IsText)
        {
            writer.WriteStartObject();
            WriteHead(writer, ids.OfInput("msg", index), "message");
            writer.WriteString("role", "user");
            WriteContent(writer, "input_text", value.Text());
            writer.WriteString("status", "completed");
            writer.WriteEndObject();
            return;
        }
        JsonElement item = ResponseRequestReader.Echo(value);
        string type = TextOf(item, "type") ?? "message";
        string kind = type switch
        {
            "message" => "msg",
            "reasoning" => "rs",
            "function_call" => "fc",
            "custom_tool_call" => "ctc",
            _ => "item",
        };
        writer.WriteStartObject();
        WriteHead(writer, IdOf(item) ?? ids.OfInput(kind, index), type);
        foreach (JsonProperty member in item.EnumerateObject())
        {
            if (member.NameEquals("id") || member.NameEquals("type"))
                continue;
            if (member.NameEquals("content") && member.Value.ValueKind == JsonValueKind.String)
                WriteContent(writer, TextOf(item, "role") == "assistant" ? "output_text" : "input_text", member.Value.GetString()!);
            else
                member.WriteTo(writer);
        }
        if (type == "message" && !item.TryGetProperty("status", out _))
            writer.WriteString("status", "completed");
        writer.WriteEndObject();
    }

    static void WriteHead(Utf8JsonWriter writer, string id, string type)
    {
        writer.WriteString("id", id);
        writer.WriteString("type", type);
    }

    static void WriteContent(Utf8JsonWriter writer, string type, string text)
    {
        writer.WriteStartArray("content");
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("text", text);
        if (type == "output_text")
        {
            writer.WriteStartArray("annotations");
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    static string? TextOf(JsonElement item, string name) => item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
