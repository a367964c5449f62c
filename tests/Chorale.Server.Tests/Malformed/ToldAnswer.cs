using System.Text;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>What a client was told of a turn, whichever API told it and however.</summary>
/// <param name="Reasoning">All reasoning.</param>
/// <param name="Content">All that was said to the user.</param>
/// <param name="Calls">Names and arguments of the calls.</param>
/// <param name="End">Why it ended, in the words of the API.</param>
sealed record ToldAnswer(string Reasoning, string Content, IReadOnlyList<(string Name, string Arguments)> Calls, string? End)
{
    /// <summary>Whether anything was said or called.</summary>
    public bool IsEmpty => Content.Length == 0 && Calls.Count == 0;

    /// <summary>Everything in one text.</summary>
    public string All => string.Join('\n', [Reasoning, Content, .. Calls.SelectMany(call => new[] { call.Name, call.Arguments })]);

    /// <summary>A whole chat completion's choice.</summary>
    public static ToldAnswer OfChoice(JsonElement choice)
    {
        JsonElement message = choice.GetProperty("message");
        return new(
            TextOf(message, "reasoning"),
            TextOf(message, "content"),
            message.TryGetProperty("tool_calls", out JsonElement calls) ? [.. calls.EnumerateArray().Select(ReadCall)] : [],
            choice.GetProperty("finish_reason").GetString());

        static (string, string) ReadCall(JsonElement call)
        {
            JsonElement function = call.GetProperty("type").GetString() == "custom" ? call.GetProperty("custom") : call.GetProperty("function");
            return (TextOf(function, "name"), TextOf(function, "arguments") + TextOf(function, "input"));
        }
    }

    /// <summary>The chunks of a choice, added up as clients do.</summary>
    public static ToldAnswer OfChunks(IEnumerable<JsonElement> chunks, int index = 0)
    {
        StringBuilder reasoning = new(), content = new();
        List<(string Name, StringBuilder Arguments)> calls = [];
        string? end = null;
        foreach (JsonElement choice in chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Where(choice => choice.GetProperty("index").GetInt32() == index))
        {
            Assert.Null(end);    // nothing comes after the end
            JsonElement delta = choice.GetProperty("delta");
            reasoning.Append(TextOf(delta, "reasoning"));
            content.Append(TextOf(delta, "content"));
            if (delta.TryGetProperty("tool_calls", out JsonElement pieces))
            {
                foreach (JsonElement piece in pieces.EnumerateArray())
                {
                    int at = piece.GetProperty("index").GetInt32();
                    Assert.InRange(at, 0, calls.Count);
                    if (at == calls.Count)
                    {
                        Assert.StartsWith("call_", piece.GetProperty("id").GetString(), StringComparison.Ordinal);
                        calls.Add((TextOf(FunctionOf(piece), "name"), new()));
                    }
                    calls[at].Arguments.Append(TextOf(FunctionOf(piece), "arguments")).Append(TextOf(FunctionOf(piece), "input"));
                }
            }
            end = choice.GetProperty("finish_reason").GetString();
        }
        Assert.NotNull(end);
        return new(reasoning.ToString(), content.ToString(), [.. calls.Select(call => (call.Name, call.Arguments.ToString()))], end);

        static JsonElement FunctionOf(JsonElement piece) => piece.TryGetProperty("function", out JsonElement function) ? function : piece.GetProperty("custom");
    }

    /// <summary>A response object.</summary>
    public static ToldAnswer OfResponse(JsonElement response)
    {
        List<JsonElement> items = [.. response.GetProperty("output").EnumerateArray()];
        return new(
            string.Join('\n', items.Where(item => TextOf(item, "type") == "reasoning").Select(EventRules.Said)),
            string.Join('\n', items.Where(item => TextOf(item, "type") == "message").Select(EventRules.Said)),
            [.. items.Where(item => TextOf(item, "type") is "function_call" or "custom_tool_call").Select(item => (TextOf(item, "name"), EventRules.Said(item)))],
            response.GetProperty("status").GetString());
    }

    public bool Equals(ToldAnswer? other) =>
        other is not null && Reasoning == other.Reasoning && Content == other.Content && End == other.End && Calls.SequenceEqual(other.Calls);

    public override int GetHashCode() => HashCode.Combine(Reasoning, Content, Calls.Count, End);

    static string TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
