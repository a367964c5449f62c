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

    /// <summary>Where the model left the format, and what was made of it; empty where all was well.</summary>
    public IReadOnlyList<HarmonyDiagnostic> Repairs { get; init; } = [];

    /// <summary>The answer: the text of the messages on the channel <c>final</c>, and of those on none, or on a channel that the model invented.</summary>
    public string Text => TextOf(IsAnswer);

    /// <summary>The reasoning: the text of the messages on the channel <c>analysis</c>.</summary>
    public string Reasoning => TextOf(channel => channel == Channels.Analysis);

    /// <summary>The calls, resolved against the declared tools. A recipient makes a call, not the channel.</summary>
    public IReadOnlyList<HarmonyCall> Calls { get; init; } = [];

    /// <summary>Whether what stands on a channel is meant as the answer.</summary>
    internal static bool IsAnswer(string? channel) => channel is not (Channels.Analysis or Channels.Commentary);

    string TextOf(Func<string?, bool> isWanted) =>
        string.Join('\n', Messages.Where(m => isWanted(m.Channel) && m.Role == Role.Assistant && !Calls.Any(call => ReferenceEquals(call.Message, m))).Select(m => m.Text));
}
