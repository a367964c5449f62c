using System.Text;
using System.Text.Json.Nodes;

namespace Chorale.Server;

/// <summary>An item of an answer as it is put together from events.</summary>
sealed class KeptItem(JsonObject item)
{
    readonly StringBuilder _text = new(), _summary = new();
    readonly List<JsonNode> _logprobs = [];
    JsonObject _item = item;
    bool _isDone;

    /// <summary>Takes an event of this item.</summary>
    public void Take(string type, JsonNode told)
    {
        if (type == EventTypes.ItemDone)
        {
            _item = told["item"]!.DeepClone().AsObject();
            _isDone = true;
        }
        else if (type is EventTypes.PartAdded or EventTypes.SummaryPartAdded)
        {
            _item[type == EventTypes.PartAdded ? "content" : "summary"]!.AsArray().Add(told["part"]!.DeepClone());
        }
        else if (told["delta"] is { } delta)
        {
            (type == EventTypes.SummaryDelta ? _summary : _text).Append(delta.GetValue<string>());
            _logprobs.AddRange((told["logprobs"] as JsonArray ?? []).Select(logprob => logprob!.DeepClone()));
        }
    }

    /// <summary>The item with the text that it has.</summary>
    public JsonObject ToJson()
    {
        if (_isDone)
            return _item;
        if (_item["content"] is JsonArray { Count: > 0 } content)
        {
            content[0]!["text"] = _text.ToString();
            if (_logprobs.Count > 0)
                content[0]!["logprobs"] = new JsonArray([.. _logprobs]);
        }
        else if (_item.ContainsKey("call_id"))
        {
            _item[_item.ContainsKey("arguments") ? "arguments" : "input"] = _text.ToString();
        }
        if (_item["summary"] is JsonArray { Count: > 0 } summary)
            summary[0]!["text"] = _summary.ToString();
        return _item;
    }
}
