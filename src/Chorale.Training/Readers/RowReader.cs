using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Reads a row in any of the forms.</summary>
static class RowReader
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="form">Its form; null tells it by its fields.</param>
    /// <param name="repairs">Collects what was mended.</param>
    /// <exception cref="HistoryFormatException">A row that is not of the form, or of none.</exception>
    public static Row Read(JsonElement row, RowForm? form, HistoryRepairs repairs)
    {
        try
        {
            RowForm known = form ?? RowSniffer.Tell(row);
            return known switch
            {
                RowForm.ShareGpt => new(known, ShareGptReader.Read(row, repairs), null),
                RowForm.PromptCompletion => new(known, ReadPrompt(row, repairs), null),
                RowForm.Alpaca => new(known, ReadAlpaca(row, repairs), null),
                RowForm.MultilingualThinking => new(known, ReadMultilingual(row, repairs), null),
                RowForm.HarmonyText => new(known, null, HarmonyTextReader.Read(row)),
                RowForm.Conversation => new(known, null, ReadConversation(row)),
                _ => new(known, ReadMessages(row, repairs), null),
            };
        }
        catch (InvalidOperationException e)   // a name or a raw value that is no Unicode
        {
            throw new HistoryFormatException("", JsonText.NotUnicode, e);
        }
    }

    static History ReadMessages(JsonElement row, HistoryRepairs repairs) =>
        row.ValueKind == JsonValueKind.Object && !row.TryGetProperty("messages"u8, out _) && row.TryGetProperty("conversations"u8, out JsonElement turns)
            ? HistoryReader.ReadSurroundings(row) with { Messages = HistoryReader.ReadMessages(turns, "conversations", repairs) }
            : HistoryReader.Read(row, repairs);

    static History ReadPrompt(JsonElement row, HistoryRepairs repairs)
    {
        JsonElement prompt = Field(row, "prompt"), completion = Field(row, "completion");
        List<HistoryMessage> messages = [];
        if (prompt.ValueKind == JsonValueKind.String)
            messages.Add(new() { Role = Role.User, Content = JsonText.String(prompt, "prompt") });
        else
            messages.AddRange(HistoryReader.ReadMessages(prompt, "prompt", repairs).Select(message => message with { IsTrained = false }));
        if (completion.ValueKind == JsonValueKind.String)
            messages.Add(Answer(JsonText.String(completion, "completion"), null, messages.Count, repairs));
        else
            messages.AddRange(HistoryReader.ReadMessages(completion, "completion", repairs));
        return HistoryReader.ReadSurroundings(row) with { Messages = messages };
    }

    static History ReadAlpaca(JsonElement row, HistoryRepairs repairs)
    {
        List<HistoryMessage> messages = [];
        if (JsonText.OptionalString(row, "system"u8, "") is { Length: > 0 } system)
            messages.Add(new() { Role = Role.System, Content = system });
        if (JsonText.Present(row, "history"u8) is { } history)
            AddPairs(history, messages, repairs);
        string instruction = JsonText.String(Field(row, "instruction"), "instruction");
        string? input = JsonText.OptionalString(row, "input"u8, "");
        messages.Add(new() { Role = Role.User, Content = string.IsNullOrWhiteSpace(input) ? instruction : $"{instruction}\n\n{input}" });
        string name = row.TryGetProperty("output"u8, out _) ? "output" : "response";
        messages.Add(Answer(JsonText.String(Field(row, name), name), null, messages.Count, repairs));
        return HistoryReader.ReadSurroundings(row) with { Messages = messages };
    }

    /// <summary>Earlier turns, each a question and an answer.</summary>
    static void AddPairs(JsonElement history, List<HistoryMessage> messages, HistoryRepairs repairs)
    {
        if (history.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(history, "history", "a list of pairs");
        foreach (JsonElement pair in history.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
                throw JsonText.Wrong(pair, "history", "a pair of question and answer");
            messages.Add(new() { Role = Role.User, Content = JsonText.String(pair[0], "history[][0]") });
            messages.Add(Answer(JsonText.String(pair[1], "history[][1]"), null, messages.Count, repairs));
        }
    }

    static History ReadMultilingual(JsonElement row, HistoryRepairs repairs)
    {
        if (JsonText.Present(row, "messages"u8) is not null)
            return HistoryReader.Read(row, repairs);
        string? language = JsonText.OptionalString(row, "reasoning_language"u8, ""), developer = JsonText.OptionalString(row, "developer"u8, "");
        List<HistoryMessage> messages = [];
        string instructions = string.Join("\n\n", new[] { language is null ? null : $"reasoning language: {language}", developer }.Where(part => !string.IsNullOrEmpty(part)));
        if (instructions.Length > 0)
            messages.Add(new() { Role = Role.System, Content = instructions });
        messages.Add(new() { Role = Role.User, Content = JsonText.String(Field(row, "user"), "user") });
        messages.Add(Answer(JsonText.String(Field(row, "final"), "final"), JsonText.OptionalString(row, "analysis"u8, ""), messages.Count, repairs));
        return HistoryReader.ReadSurroundings(row) with { Messages = messages };
    }

    static IReadOnlyList<Message> ReadConversation(JsonElement row)
    {
        try
        {
            IReadOnlyList<Message> messages = row.ValueKind == JsonValueKind.Array
                ? [.. row.EnumerateArray().Select(ConversationJson.ReadMessage)]
                : ConversationJson.Read(row).Messages;
            return HarmonyTextReader.Checked(messages);
        }
        catch (HarmonyJsonException e)
        {
            throw new HistoryFormatException("", e.Message, e);
        }
    }

    static JsonElement Field(JsonElement row, string name) =>
        row.ValueKind != JsonValueKind.Object ? throw JsonText.Wrong(row, "", $"an object with '{name}'")
        : row.TryGetProperty(name, out JsonElement value) ? value
        : throw new HistoryFormatException(name, "found nothing, expected text");

    /// <summary>An answer as text, its reasoning beside it or in front of it.</summary>
    internal static HistoryMessage Answer(string content, string? thinking, int index, HistoryRepairs repairs)
    {
        if (string.IsNullOrWhiteSpace(thinking))
        {
            if (thinking is not null)
                repairs.Add(HistoryRepairKind.EmptyThinkingRemoved, index);
            thinking = null;
            if (ThinkTags.TrySplit(content, out string? thought, out string rest))
            {
                repairs.Add(thought is null ? HistoryRepairKind.EmptyThinkingRemoved : HistoryRepairKind.ThinkingSplit, index);
                (thinking, content) = (thought, rest);
            }
        }
        return new() { Role = Role.Assistant, Content = content, Thinking = thinking };
    }
}
