using System.Globalization;

namespace Chorale.Templates;

/// <summary>A template could not render these messages.</summary>
public sealed class TemplateRenderException : Exception
{
    /// <summary>An error at a place.</summary>
    /// <param name="kind">Whose refusal it is.</param>
    /// <param name="reason">What happened, without the place.</param>
    /// <param name="line">The line of the template, from 1; null where none was at work.</param>
    /// <param name="messageIndex">The message that was being rendered, from 0; null where none was.</param>
    /// <param name="cause">The exception that told of it first.</param>
    public TemplateRenderException(TemplateErrorKind kind, string reason, int? line = null, int? messageIndex = null, Exception? cause = null)
        : base(Describe(reason, line, messageIndex), cause)
    {
        Kind = kind;
        Reason = reason;
        Line = line;
        MessageIndex = messageIndex;
    }

    /// <summary>Whose refusal it is.</summary>
    public TemplateErrorKind Kind { get; }

    /// <summary>What happened, without the place: for <see cref="TemplateErrorKind.Raised"/> the template's own words and nothing else.</summary>
    public string Reason { get; }

    /// <summary>The line of the template, from 1; null where none was at work, or where a native renderer has none.</summary>
    public int? Line { get; }

    /// <summary>The message that was being rendered, from 0; null where none was.</summary>
    public int? MessageIndex { get; }

    static string Describe(string reason, int? line, int? messageIndex) => (line, messageIndex) switch
    {
        (null, null) => reason,
        (null, { } message) => string.Create(CultureInfo.InvariantCulture, $"messages[{message}]: {reason}"),
        ({ } at, null) => string.Create(CultureInfo.InvariantCulture, $"template line {at}: {reason}"),
        ({ } at, { } message) => string.Create(CultureInfo.InvariantCulture, $"template line {at}, messages[{message}]: {reason}"),
    };
}
