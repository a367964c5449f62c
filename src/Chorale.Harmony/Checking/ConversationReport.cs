namespace Chorale.Harmony;

/// <summary>What a check found, and what the conversation is made of.</summary>
public sealed record ConversationReport
{
    /// <summary>The conversation that was checked; the one that was read, for text and ids. Empty where nothing could be read.</summary>
    public required Conversation Conversation { get; init; }

    /// <summary>The findings: about the whole first, then by message. The list is copied.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<Finding>();

    /// <summary>Mends that reading the raw form implied; they are in the conversation already. The list is copied.</summary>
    public IReadOnlyList<Fix> Fixes { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<Fix>();

    /// <summary>Whether any finding is an error.</summary>
    public bool HasErrors => Count(FindingSeverity.Error) > 0;

    /// <summary>How many messages each role has, of those that have one.</summary>
    public IReadOnlyDictionary<Role, int> RoleCounts => field ??= Conversation.Messages.CountBy(message => message.Role).ToDictionary();

    /// <summary>How many assistant messages each channel has; those without are under the empty string.</summary>
    public IReadOnlyDictionary<string, int> ChannelCounts => field ??=
        Conversation.Messages.Where(message => message.Role == Role.Assistant).CountBy(message => message.Channel ?? "", StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);

    /// <summary>How many findings matter this much.</summary>
    public int Count(FindingSeverity severity) => Findings.Count(finding => finding.Severity == severity);
}
