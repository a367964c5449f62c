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

    /// <summary>Which of <see cref="ChatSessionOptions.StopSequences"/> ended it; null where none did.</summary>
    public string? StopSequence { get; init; }

    /// <summary>
    /// Whether the ids ran out and the turn, held to a form, was therefore brought to its end in the shortest way: it is whole all the same, and
    /// <see cref="Finish"/> says how it ended.
    /// </summary>
    public bool WasShortened { get; init; }

    /// <summary>What it cost.</summary>
    public required ChatUsage Usage { get; init; }

    /// <summary>Where the model left the format, and what was made of it; empty where all was well.</summary>
    public IReadOnlyList<HarmonyDiagnostic> Repairs { get; init; } = [];

    /// <summary>
    /// The answer: the text of the messages on the channel <c>final</c>, and of those on none, or on a channel that the model
    /// invented. Where there is none, and no call either, what was said to the user on <c>commentary</c> is the answer; where the model
    /// ended its turn without that too, what it said last, to itself or in another's name.
    /// </summary>
    public string Text
    {
        get
        {
            string answer = TextOf(channel => channel is not (Channels.Analysis or Channels.Commentary));
            if (answer.Length > 0 || Calls.Count > 0)
                return answer;
            answer = TextOf(channel => channel == Channels.Commentary);
            return answer.Length > 0 || Finish != ChatFinish.Stop || StopSequence is not null ? answer : Messages.LastOrDefault(message => message.Text.Length > 0)?.Text ?? "";
        }
    }

    /// <summary>The reasoning: the text of the messages on the channel <c>analysis</c>.</summary>
    public string Reasoning => TextOf(channel => channel == Channels.Analysis);

    /// <summary>The calls, resolved against the declared tools. A recipient makes a call, not the channel.</summary>
    public IReadOnlyList<HarmonyCall> Calls { get; init; } = [];

    string TextOf(Func<string?, bool> isWanted) =>
        string.Join('\n', Messages.Where(m => isWanted(m.Channel) && m.Role == Role.Assistant && !IsCall(m)).Select(m => m.Text));

    /// <summary>A call that was cut is not among <see cref="Calls"/>, but no answer either.</summary>
    bool IsCall(Message message) => HarmonyCall.IsCall(message) || Calls.Any(call => ReferenceEquals(call.Message, message));
}
