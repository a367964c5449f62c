using System.Text.Json;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>Why a line of a batch has no answer: <c>{"message","index"?,"detail"?}</c>.</summary>
/// <param name="Message">What is wrong, in the official words where there are some.</param>
/// <param name="Index">The place of the token that is at fault; null where none is.</param>
/// <param name="Detail">The cause that the message leaves out; null where there is none.</param>
sealed record LineError(string Message, int? Index = null, string? Detail = null)
{
    /// <summary>The line's error; null where the exception is not about this line and must go on.</summary>
    public static LineError? From(Exception exception) => exception switch
    {
        HarmonyParseException e => new(e.Message, e.TokenIndex, e.Detail),
        HarmonyRenderException e => new(e.Message),
        TokenOutOfRangeException e => new(e.Message, e.Index),
        TokenDecodingException e => new(e.Message, e.UnknownId is null ? null : e.Index),
        FormatException and not VocabularyFormatException => new(exception.Message),
        JsonException e => new($"not JSON: {CliErrors.OneLine(e.Message)}"),
        OperationCanceledException => null,
        _ when CliErrors.IsExpected(exception) => new(CliErrors.Message(exception)),
        _ => new($"internal error: {exception.GetType().Name}: {CliErrors.OneLine(exception.Message)}"),
    };

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", Message);
        if (Index is { } index)
            writer.WriteNumber("index", index);
        if (Detail is not null)
            writer.WriteString("detail", Detail);
        writer.WriteEndObject();
    }
}
