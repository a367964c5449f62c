using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// A conversation in the form that <c>apply_chat_template</c> takes: messages as dictionaries, tools, and the template's own arguments. Immutable.
/// </summary>
public sealed record History
{
    /// <summary>The messages in order.</summary>
    public IReadOnlyList<HistoryMessage> Messages { get; init; } = [];

    /// <summary>The list of tools as JSON, as it was written; null where there is none.</summary>
    public string? Tools { get; init; }

    /// <summary>The built-in tools, <c>browser</c> and <c>python</c>.</summary>
    public IReadOnlyList<string> BuiltinTools { get; init; } = [];

    /// <summary>The first line of the system message; null is ChatGPT's.</summary>
    public string? ModelIdentity { get; init; }

    /// <summary>How long the model thinks; null is medium.</summary>
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>The day of the conversation, where the history names one.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>Other arguments of a template by name, each as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Arguments { get; init; } = [];
}
