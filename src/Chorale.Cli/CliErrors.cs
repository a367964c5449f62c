using System.Text.Json;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Templates;
using Chorale.Tokenization;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>An exception in one line for a person.</summary>
static class CliErrors
{
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException { FileName: { } file } => $"'{file}' does not exist.",
        DirectoryNotFoundException e => OneLine(e.Message),
        UnauthorizedAccessException e => OneLine(e.Message),
        _ when IsExpected(exception) => Message(exception),
        _ => $"internal error: {exception.GetType().Name}: {OneLine(exception.Message)}",
    };

    /// <summary>Whether this is somebody's input, not our mistake.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is IOException or JsonException or BatchException or CliException or ArgumentException or FormatException or UnauthorizedAccessException
            or HarmonyException or GrammarException or QueueFullException or CheckpointFormatException or VocabularyFormatException or TokenDecodingException or TemplateRenderException
            or HistoryFormatException or DatasetException;

    /// <summary>The message in one line, without the name of the parameter that .NET appends: the caller here is a person.</summary>
    public static string Message(Exception exception) => OneLine(exception is ArgumentException { ParamName: { } name }
        ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
        : exception.Message);

    public static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
