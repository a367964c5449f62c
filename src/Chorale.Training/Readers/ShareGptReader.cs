using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Reads <c>{"conversations":[{"from","value"}],"system"?,"tools"?}</c>.</summary>
static class ShareGptReader
{
    const string Expected = "system, human, user, input, gpt, assistant, output, function_call, observation, tool";

    public static History Read(JsonElement row, HistoryRepairs repairs)
    {
        JsonElement turns = row;
        History surroundings = new();
        List<HistoryMessage> messages = [];
        if (row.ValueKind == JsonValueKind.Object)
        {
            if (!row.TryGetProperty("conversations"u8, out turns))
                throw new HistoryFormatException("conversations", "found nothing, expected a list of turns");
            surroundings = HistoryReader.ReadSurroundings(row);
            if (JsonText.OptionalString(row, "system"u8, "") is { Length: > 0 } system)
                messages.Add(new() { Role = Role.System, Content = system });
        }
        if (turns.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(turns, "conversations", "a list of turns");
        CallNames names = new();
        int at = 0;
        foreach (JsonElement turn in turns.EnumerateArray())
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"conversations[{at++}]");
            HistoryMessage message = Turn(turn, path, messages.Count, repairs);
            if (message.Role == Role.Tool)
                message = names.Name(message, path, repairs, messages.Count);
            names.Add(message.Calls);
            messages.Add(message);
        }
        return surroundings with { Messages = messages };
    }

    static HistoryMessage Turn(JsonElement turn, string path, int index, HistoryRepairs repairs)
    {
        if (turn.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(turn, path, "a turn, {\"from\",\"value\"}");
        string from = JsonText.OptionalString(turn, "from"u8, path) ?? throw new HistoryFormatException($"{path}.from", $"found nothing, expected one of {Expected}");
        if (JsonText.Present(turn, "value"u8) is not { } value)
            throw new HistoryFormatException($"{path}.value", "found nothing, expected text");
        HistoryMessage message = from switch
        {
            "system" => new() { Role = Role.System, Content = JsonText.String(value, $"{path}.value") },
            "human" or "user" or "input" => new() { Role = Role.User, Content = JsonText.String(value, $"{path}.value") },
            "gpt" or "assistant" or "output" => RowReader.Answer(JsonText.String(value, $"{path}.value"), null, index, repairs),
            "function_call" => new() { Role = Role.Assistant, Calls = Calls(value, $"{path}.value", index, repairs) },
            "observation" or "tool" => new() { Role = Role.Tool, Content = Result(value, index, repairs), Name = JsonText.OptionalString(turn, "name"u8, path) },
            _ => throw new HistoryFormatException($"{path}.from", $"found {Printable.Quote(from)}, expected one of {Expected}"),
        };
        if (JsonText.Present(turn, "weight"u8) is { } weight)
            message = message with { IsTrained = weight.ValueKind == JsonValueKind.Number && weight.TryGetDecimal(out decimal share) && share is 0 or 1 ? share > 0 : throw JsonText.Wrong(weight, $"{path}.weight", "0 or 1") };
        return message;
    }

    static string Result(JsonElement value, int index, HistoryRepairs repairs)
    {
        if (value.ValueKind == JsonValueKind.String)
            return JsonText.String(value, "value");
        repairs.Add(HistoryRepairKind.ResultWritten, index);
        return SpacedJson.Write(value);
    }

    /// <summary>A call or a list of them, <c>{"name","arguments"}</c>, as JSON or as JSON in a string.</summary>
    static List<HistoryCall> Calls(JsonElement value, string path, int index, HistoryRepairs repairs)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            using JsonDocument document = HistoryReader.Parse(JsonText.String(value, path), path);
            return document.RootElement.ValueKind == JsonValueKind.String
                ? throw JsonText.Wrong(document.RootElement, path, "a call, {\"name\",\"arguments\"}")
                : Calls(document.RootElement, path, index, repairs);
        }
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(call => MessageReader.ReadCall(call, path, index, repairs))]
            : [MessageReader.ReadCall(value, path, index, repairs)];
    }
}
