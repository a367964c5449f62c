using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chorale.Server.Tests;

/// <summary>Holds the events of a response to the order and the fields that clients rely on.</summary>
static class EventRules
{
    static readonly string[] Fields =
    [
        "id", "object", "created_at", "completed_at", "status", "incomplete_details", "model", "previous_response_id", "instructions", "output", "error", "tools", "tool_choice", "truncation",
        "parallel_tool_calls", "text", "top_p", "presence_penalty", "frequency_penalty", "top_logprobs", "temperature", "reasoning", "usage", "max_output_tokens", "max_tool_calls", "store", "background",
        "service_tier", "metadata", "safety_identifier", "prompt_cache_key", "conversation", "prompt", "moderation", "user", "prompt_cache_retention",
    ];

    /// <summary>Checks a whole stream.</summary>
    /// <param name="events">All events: the names of their frames, and their data.</param>
    /// <returns>The response as the last event has it.</returns>
    public static JsonElement Check(IReadOnlyList<(string Name, JsonElement Data)> events)
    {
        for (int i = 0; i < events.Count; i++)
        {
            Assert.Equal(events[i].Name, Text(events[i].Data, "type"));
            Assert.Equal(i, events[i].Data.GetProperty("sequence_number").GetInt32());
        }
        int at = 0;
        JsonElement created = Take("response.created").GetProperty("response");
        CheckResponse(created);
        Assert.Equal(0, created.GetProperty("output").GetArrayLength());
        if (Text(created, "status") == "queued")
            Take("response.queued");
        if (events[at].Name == "response.in_progress")
            Assert.Equal("in_progress", Text(Take("response.in_progress").GetProperty("response"), "status"));

        List<JsonElement> items = [];
        while (events[at].Name == "response.output_item.added")
            items.Add(CheckItem(items.Count));

        Assert.Equal(events.Count - 1, at);
        JsonElement last = events[at].Data;
        JsonElement response = last.GetProperty("response");
        CheckResponse(response);
        string status = Text(response, "status")!;
        Assert.Equal(events[at].Name, status == "cancelled" ? "response.incomplete" : $"response.{status}");
        Assert.Contains(status, new[] { "completed", "incomplete", "failed", "cancelled" });
        Assert.Equal(Text(created, "id"), Text(response, "id"));
        AssertSame(items.Select(item => item.GetRawText()), response.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()));
        Assert.Equal(items.Count, items.Select(item => Text(item, "id")).Distinct().Count());
        if (status is "completed")
            Assert.NotEqual(JsonValueKind.Null, response.GetProperty("usage").ValueKind);

        // What can be put together from the events alone, after a crash, is the same answer.
        JsonObject folded = InterruptedResponse.Read(Encoding.UTF8.GetBytes(created.GetRawText()), Stored(events));
        Assert.True(JsonNode.DeepEquals(folded["output"], JsonNode.Parse(response.GetProperty("output").GetRawText())));
        JsonObject withoutEnds = InterruptedResponse.Read(Encoding.UTF8.GetBytes(created.GetRawText()), Stored(events.Where(e => e.Name != "response.output_item.done")));
        AssertSame(
            response.GetProperty("output").EnumerateArray().Select(Said),
            withoutEnds["output"]!.AsArray().Select(item => Said(JsonElement.Parse(item!.ToJsonString()))));
        return response;

        JsonElement Take(string name)
        {
            Assert.True(at < events.Count, $"'{name}' is missing at the end.");
            Assert.Equal(name, events[at].Name);
            return events[at++].Data;
        }

        JsonElement CheckItem(int index)
        {
            JsonElement added = Take("response.output_item.added");
            Assert.Equal(index, added.GetProperty("output_index").GetInt32());
            JsonElement item = added.GetProperty("item");
            Assert.Equal("in_progress", Text(item, "status"));
            string id = Text(item, "id")!;
            string type = Text(item, "type")!;
            StringBuilder text = new(), summary = new();
            bool hasSummary = false;
            switch (type)
            {
                case "reasoning":
                    Assert.Equal("reasoning_text", Text(TakeOf(id, index, "response.content_part.added").GetProperty("part"), "type"));
                    hasSummary = events[at].Name == "response.reasoning_summary_part.added";
                    if (hasSummary)
                        TakeOf(id, index, "response.reasoning_summary_part.added");
                    while (events[at].Name is "response.reasoning_text.delta" or "response.reasoning_summary_text.delta")
                    {
                        StringBuilder to = events[at].Name == "response.reasoning_text.delta" ? text : summary;
                        to.Append(NotEmpty(TakeOf(id, index, events[at].Name)));
                    }
                    Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.reasoning_text.done"), "text"));
                    Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.content_part.done").GetProperty("part"), "text"));
                    if (hasSummary)
                    {
                        Assert.Equal(text.ToString(), summary.ToString());
                        Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.reasoning_summary_text.done"), "text"));
                        Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.reasoning_summary_part.done").GetProperty("part"), "text"));
                    }
                    break;
                case "message":
                    JsonElement part = TakeOf(id, index, "response.content_part.added").GetProperty("part");
                    Assert.Equal(("output_text", "", 0, 0), (Text(part, "type"), Text(part, "text"), part.GetProperty("annotations").GetArrayLength(), part.GetProperty("logprobs").GetArrayLength()));
                    while (events[at].Name == "response.output_text.delta")
                    {
                        JsonElement delta = TakeOf(id, index, "response.output_text.delta");
                        Assert.Equal(JsonValueKind.Array, delta.GetProperty("logprobs").ValueKind);
                        text.Append(NotEmpty(delta));
                    }
                    Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.output_text.done"), "text"));
                    Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.content_part.done").GetProperty("part"), "text"));
                    break;
                case "function_call":
                    while (events[at].Name == "response.function_call_arguments.delta")
                        text.Append(NotEmpty(TakeOf(id, index, "response.function_call_arguments.delta")));
                    JsonElement done = TakeOf(id, index, "response.function_call_arguments.done");
                    Assert.Equal((text.ToString(), Text(item, "name")), (Text(done, "arguments"), Text(done, "name")));
                    break;
                default:
                    Assert.Equal("custom_tool_call", type);
                    while (events[at].Name == "response.custom_tool_call_input.delta")
                        text.Append(NotEmpty(TakeOf(id, index, "response.custom_tool_call_input.delta")));
                    Assert.Equal(text.ToString(), Text(TakeOf(id, index, "response.custom_tool_call_input.done"), "input"));
                    break;
            }
            JsonElement whole = Take("response.output_item.done");
            Assert.Equal(index, whole.GetProperty("output_index").GetInt32());
            JsonElement ended = whole.GetProperty("item");
            Assert.Equal((id, type), (Text(ended, "id"), Text(ended, "type")));
            Assert.Contains(Text(ended, "status"), new[] { "completed", "incomplete" });
            Assert.StartsWith(type switch { "reasoning" => "rs_", "message" => "msg_", "function_call" => "fc_", _ => "ctc_" }, id, StringComparison.Ordinal);
            Assert.Equal(text.ToString(), Said(ended));
            if (type.EndsWith("_call", StringComparison.Ordinal))
                Assert.StartsWith("call_", Text(ended, "call_id"), StringComparison.Ordinal);
            if (type == "reasoning")
                Assert.Equal(hasSummary ? 1 : 0, ended.GetProperty("summary").GetArrayLength());
            return ended;
        }

        JsonElement TakeOf(string id, int index, string name)
        {
            JsonElement data = Take(name);
            Assert.Equal((id, index), (Text(data, "item_id"), data.GetProperty("output_index").GetInt32()));
            if (name.Contains("summary", StringComparison.Ordinal))
                Assert.Equal(0, data.GetProperty("summary_index").GetInt32());
            else if (name.Contains("_text.", StringComparison.Ordinal) || name.Contains("content_part", StringComparison.Ordinal))
                Assert.Equal(0, data.GetProperty("content_index").GetInt32());
            return data;
        }
    }

    /// <summary>What an item says: its text, arguments or input.</summary>
    public static string Said(JsonElement item) => Text(item, "type") switch
    {
        "reasoning" or "message" => Text(item.GetProperty("content")[0], "text")!,
        "function_call" => Text(item, "arguments")!,
        _ => Text(item, "input")!,
    };

    /// <summary>Checks that a response object has every field that strict clients demand.</summary>
    public static void CheckResponse(JsonElement response)
    {
        foreach (string field in Fields)
            Assert.True(response.TryGetProperty(field, out _), $"'{field}' is missing.");
        Assert.Equal("response", Text(response, "object"));
        Assert.True(ResponseIds.IsId(Text(response, "id")!));
        if (response.GetProperty("usage") is { ValueKind: JsonValueKind.Object } usage)
        {
            Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("output_tokens").GetInt32());
            Assert.InRange(usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32(), 0, usage.GetProperty("output_tokens").GetInt32());
            Assert.InRange(usage.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32(), 0, usage.GetProperty("input_tokens").GetInt32());
            Assert.Equal(0, usage.GetProperty("input_tokens_details").GetProperty("cache_write_tokens").GetInt32());
        }
    }

    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    static string NotEmpty(JsonElement data)
    {
        string delta = Text(data, "delta")!;
        Assert.NotEqual("", delta);
        return delta;
    }

    static IEnumerable<StoredEvent> Stored(IEnumerable<(string Name, JsonElement Data)> events) =>
        events.Select(e => new StoredEvent(e.Data.GetProperty("sequence_number").GetInt32(), e.Name, Encoding.UTF8.GetBytes(e.Data.GetRawText())));

    static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual) => Assert.Equal(expected, actual);
}
