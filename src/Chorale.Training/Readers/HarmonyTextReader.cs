using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// Reads conversations that are Harmony text. The text is parsed, not trusted: where a marker stands that the format has no place for, in a
/// content for instance, nobody can tell what was meant, and the row is refused.
/// </summary>
static class HarmonyTextReader
{
    const string Prompt = "<|start|>assistant";

    public static IReadOnlyList<Message> Read(JsonElement row)
    {
        if (row.ValueKind == JsonValueKind.Object)
            row = row.TryGetProperty("text"u8, out JsonElement text) ? text : throw new HistoryFormatException("text", "found nothing, expected Harmony as text");
        return Read(JsonText.String(row, "text"));
    }

    public static IReadOnlyList<Message> Read(string text)
    {
        ReadOnlySpan<char> whole = text.AsSpan().Trim();
        if (whole.StartsWith("<|startoftext|>"))
            whole = whole["<|startoftext|>".Length..];
        if (!whole.StartsWith("<|start|>"))
            throw new HistoryFormatException("", $"found {Printable.Quote(whole, 40)}, expected Harmony text, which begins with <|start|>");
        if (whole.EndsWith(Prompt))
            whole = whole[..^Prompt.Length];   // the start of an answer that was never written
        HarmonyTextParser parser = HarmonyTextParser.Parse(whole, role: null, HarmonyTextForm.Marked);
        if (parser.Diagnostics.Count > 0)
        {
            HarmonyDiagnostic first = parser.Diagnostics[0];
            throw new HistoryFormatException("", string.Create(CultureInfo.InvariantCulture, $"not whole Harmony text, at character {first.Index}: {first.Name}: {first.Message}"));
        }
        return Checked(parser.Messages);
    }

    /// <summary>The messages, each of the assistant's on a channel.</summary>
    public static IReadOnlyList<Message> Checked(IReadOnlyList<Message> messages)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i] is { Role: Role.Assistant, Channel: null })
                throw new HistoryFormatException(string.Create(CultureInfo.InvariantCulture, $"messages[{i}].channel"), "found nothing, expected analysis, commentary or final");
            if (messages[i] is { Role: Role.Tool, Author.Name: null })
                throw new HistoryFormatException(string.Create(CultureInfo.InvariantCulture, $"messages[{i}].name"), "found nothing, expected the name of the tool");
        }
        return messages;
    }
}
