using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>One message of a <see cref="History"/>. Null and absent are the same.</summary>
public sealed record HistoryMessage
{
    /// <summary>Whose it is. What dictionaries call the system message is one of the developer's in Harmony.</summary>
    public required Role Role { get; init; }

    /// <summary>The words; for the assistant the answer, beside calls a preamble or reasoning.</summary>
    public string? Content { get; init; }

    /// <summary>The assistant's reasoning, never empty.</summary>
    public string? Thinking { get; init; }

    /// <summary>The assistant's calls.</summary>
    public IReadOnlyList<HistoryCall> Calls { get; init; } = [];

    /// <summary>The function whose result this is, without its namespace.</summary>
    public string? Name { get; init; }

    /// <summary>The <see cref="HistoryCall.Id"/> that this is the result of.</summary>
    public string? CallId { get; init; }

    /// <summary>A channel that the message names itself: <c>commentary</c> for words between calls. Null leaves it to what the message holds.</summary>
    public string? Channel { get; init; }

    /// <summary>False where the message has the weight 0: it is there, and not learnt.</summary>
    public bool IsTrained { get; init; } = true;

    /// <summary>Fields that no rule here knows, each as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];
}
