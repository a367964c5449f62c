using System.Text.Json;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Templates;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>Why a line of a batch has no answer: <c>{"message","index"?,"detail"?,"kind"?,"line"?,"message_index"?}</c>.</summary>
/// <param name="Message">What is wrong, in the official words where there are some.</param>
/// <param name="Index">The place of the token that is at fault; null where none is.</param>
/// <param name="Detail">The cause that the message leaves out; null where there is none.</param>
sealed record LineError(string Message, int? Index = null, string? Detail = null)
{
    /// <summary>For a template: whose refusal it is, <c>raised</c>, <c>undefined</c>, <c>python</c>, <c>call</c>, <c>limit</c> or <c>syntax</c>; null for any other error.</summary>
    public string? Kind { get; init; }

    /// <summary>For a template: its line, from 1; null where there is none.</summary>
    public int? TemplateLine { get; init; }

    /// <summary>For a template: the message at work, from 0; null where there is none.</summary>
    public int? MessageIndex { get; init; }

    /// <summary>The line's error; null where the exception is not about this line and must go on.</summary>
    public static LineError? From(Exception exception) => exception switch
    {
        HarmonyParseException e => new(e.Message, e.TokenIndex, e.Detail),
        HarmonyRenderException e => new(e.Message),
        TokenOutOfRangeException e => new(e.Message, e.Index),
        TokenDecodingException e => new(e.Message, e.UnknownId is null ? null : e.Index),
        TemplateRenderException e => new(e.Reason) { Kind = KindOf(e.Kind), TemplateLine = e.Line, MessageIndex = e.MessageIndex },
        TemplateSyntaxException e => new(e.Message) { Kind = "syntax", TemplateLine = e.Line },
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
        if (Kind is not null)
            writer.WriteString("kind", Kind);
        if (TemplateLine is { } line)
            writer.WriteNumber("line", line);
        if (MessageIndex is { } messageIndex)
            writer.WriteNumber("message_index", messageIndex);
        writer.WriteEndObject();
    }

    static string KindOf(TemplateErrorKind kind) => kind switch
    {
        TemplateErrorKind.Raised => "raised",
        TemplateErrorKind.Undefined => "undefined",
        TemplateErrorKind.Python => "python",
        TemplateErrorKind.Call => "call",
        _ => "limit",
    };
}
