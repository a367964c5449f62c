using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>Reads a script: a JSON object a line.</summary>
static class ScriptReader
{
    public static List<ScriptedAnswer> Read(TextReader lines, HarmonyEncoding encoding)
    {
        HashSet<string> special = [.. encoding.Tokenizer.SpecialTokens.Keys];
        List<ScriptedAnswer> answers = [];
        int number = 0;
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                answers.Add(ReadLine(line, number, encoding, special));
        }
        return answers;
    }

    static ScriptedAnswer ReadLine(string line, int number, HarmonyEncoding encoding, HashSet<string> special)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement answer = document.RootElement;
            if (answer.ValueKind != JsonValueKind.Object)
                throw new ScriptFormatException(number, "expected an object.");
            int[] ids = answer.TryGetProperty("tokens", out JsonElement tokens) ? [.. tokens.EnumerateArray().Select(id => unchecked((int)id.GetUInt32()))]
                : answer.TryGetProperty("text", out JsonElement text) ? encoding.Tokenizer.EncodeWithSpecials(text.GetString(), special)
                : throw new ScriptFormatException(number, "expected \"text\" or \"tokens\".");
            return new(ids)
            {
                When = answer.TryGetProperty("when", out JsonElement when) ? when.GetString() : null,
                Delay = Milliseconds(answer, "delay_ms"),
                FirstDelay = Milliseconds(answer, "delay_first_ms"),
                Failure = answer.TryGetProperty("fail", out JsonElement failure) ? failure.GetString() : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException and not ScriptFormatException or OverflowException)
        {
            throw new ScriptFormatException(number, e.Message, e);
        }
    }

    static TimeSpan Milliseconds(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out JsonElement value) ? TimeSpan.FromMilliseconds(Math.Clamp(value.GetDouble(), 0, 3_600_000)) : TimeSpan.Zero;
}
