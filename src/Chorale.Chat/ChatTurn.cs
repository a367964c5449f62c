using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>What the model said in one turn.</summary>
public sealed record ChatTurn
{
    /// <summary>Its messages in order, the last one cut where <see cref="Finish"/> says so.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>The generated ids, the stop id included.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    /// <summary>Why it ended.</summary>
    public required ChatFinish Finish { get; init; }

    /// <summary>What it cost.</summary>
    public required ChatUsage Usage { get; init; }

    /// <summary>Where the model left the format: what was wrong. The text is not lost, it stands in <see cref="Messages"/>. Null where all was well.</summary>
    public string? Repair { get; init; }

    /// <summary>The answer: the text of the messages on the channel <c>final</c>.</summary>
    public string Text => TextOf(Channels.Final);

    /// <summary>The reasoning: the text of the messages on the channel <c>analysis</c>.</summary>
    public string Reasoning => TextOf(Channels.Analysis);

    /// <summary>The messages that call a tool. A recipient makes a call, not the channel.</summary>
    public IEnumerable<Message> Calls => Messages.Where(IsCall);

    /// <summary>Whether a message calls a tool: the assistant's, to a recipient that is nobody in the conversation.</summary>
    public static bool IsCall(Message message) =>
        message is { Role: Role.Assistant } && IsTool(message.Recipient);

    /// <summary>Whether a recipient is nobody in the conversation, and so a tool.</summary>
    internal static bool IsTool(string? recipient) => recipient is not (null or "" or "all" or "assistant" or "user");

    string TextOf(string channel) => string.Join('\n', Messages.Where(m => m.Channel == channel && !IsCall(m)).Select(m => m.Text));
}
