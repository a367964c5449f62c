using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chorale.Server;

/// <summary>
/// What is left of a response whose process is gone: its items, put together from the events that were kept, and the event that ends it. While a response is being made elsewhere,
/// what there is of it is read the same way.
/// </summary>
static class InterruptedResponse
{
    /// <summary>At most so many events are sent before they are kept, so that a last event this far behind the last one kept comes after all that was sent.</summary>
    public const int MaxUnkept = 256;

    /// <summary>The response with the items that its events tell of.</summary>
    /// <param name="response">As it was kept.</param>
    /// <param name="events">All that were kept.</param>
    public static JsonObject Read(ReadOnlyMemory<byte> response, IEnumerable<StoredEvent> events)
    {
        JsonObject whole = Parse(response).AsObject();
        List<KeptItem> items = [];
        foreach (StoredEvent stored in events)
        {
            JsonNode told = Parse(stored.Json);
            if (told["output_index"] is not { } place)
                continue;
            if (stored.Type == EventTypes.ItemAdded)
                items.Add(new(told["item"]!.DeepClone().AsObject()));
            else if (place.GetValue<int>() == items.Count - 1)
                items[^1].Take(stored.Type, told);
        }
        whole["output"] = new JsonArray([.. items.Select(item => item.ToJson())]);
        return whole;
    }

    /// <summary>Ends a response whose process is gone.</summary>
    /// <returns>Its last event, and the response as it is from now on.</returns>
    public static (StoredEvent Last, ResponseChange Change) Close(StoredResponse orphan, IReadOnlyList<StoredEvent> events)
    {
        JsonObject response = Read(orphan.Response, events);
        foreach (JsonNode? item in response["output"]!.AsArray())
        {
            if (item!["status"]?.GetValue<string>() == "in_progress")
                item["status"] = "incomplete";
        }
        response["status"] = ResponseStatus.Incomplete.NameOf();
        response["incomplete_details"] = new JsonObject { ["reason"] = IncompleteDetails.Interrupted };
        int sequence = (events.Count > 0 ? events[^1].Sequence : -1) + 1 + MaxUnkept;
        JsonObject last = new()
        {
            ["type"] = EventTypes.Incomplete,
            ["sequence_number"] = sequence,
            ["response"] = response.DeepClone(),
        };
        return (new(sequence, EventTypes.Incomplete, Bytes(last)), new(ResponseStatus.Incomplete, Bytes(response)));
    }

    /// <summary>What the server has written may nest as deep as requests may, and a little deeper.</summary>
    static JsonNode Parse(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span, documentOptions: new() { MaxDepth = 2048 })!;

    public static byte[] Bytes(JsonNode node)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, ServerJson.Relaxed))
            node.WriteTo(writer);
        return bytes.ToArray();
    }
}
