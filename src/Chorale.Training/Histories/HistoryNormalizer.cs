using System.Text.Json;

namespace Chorale.Training;

/// <summary>
/// Makes dictionaries that every template takes: arguments parsed, nulls and empty calls gone, content parts joined, results named, reasoning
/// under one name. For parity with what others render, leave it out.
/// </summary>
public static class HistoryNormalizer
{
    /// <summary>Normalises a history; what comes out is normal already, so a second time changes nothing.</summary>
    /// <param name="history">As <see cref="HistoryReader.Read(JsonElement, HistoryRepairs)"/> takes it.</param>
    /// <param name="reasoning">Where reasoning goes.</param>
    /// <exception cref="HistoryFormatException">Something that is no history; the message names the place.</exception>
    public static NormalizedHistory Normalize(JsonElement history, ReasoningForm reasoning = ReasoningForm.Thinking)
    {
        HistoryRepairs repairs = new();
        History read = HistoryReader.Read(history, repairs);
        return new(read, HistoryWriter.Write(read, reasoning), repairs.List);
    }

    /// <inheritdoc cref="Normalize(JsonElement, ReasoningForm)"/>
    public static NormalizedHistory Normalize(string history, ReasoningForm reasoning = ReasoningForm.Thinking)
    {
        using JsonDocument document = HistoryReader.Parse(history);
        return Normalize(document.RootElement, reasoning);
    }
}
