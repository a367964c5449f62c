namespace Chorale.Harmony;

/// <summary>
/// What a parser shows while it is fed: the message being read, those that are complete, what was repaired. It is fed
/// ids (<see cref="HarmonyParser"/>) or text (<see cref="HarmonyTextParser"/>). Not for several threads at once.
/// </summary>
public abstract class HarmonyReader
{
    readonly HarmonyMachine _machine;

    private protected HarmonyReader(HarmonyMachine machine) => _machine = machine;

    /// <summary>Where the parser stands.</summary>
    public ParserState State => _machine.State;

    /// <summary>The current message's role, from its content on; before that the role that was given, if it was.</summary>
    public Role? Role => _machine.Role;

    /// <summary>The current message's author; null before its content.</summary>
    public Author? Author => _machine.Author;

    /// <summary>The current message's channel; null where it has none, and before its content.</summary>
    public string? Channel => _machine.Channel;

    /// <summary>The current message's recipient; null where it has none, and before its content.</summary>
    public string? Recipient => _machine.Recipient;

    /// <summary>The current message's content type; null where it has none, and before its content.</summary>
    public string? ContentType => _machine.ContentType;

    /// <summary>Whether what was pushed last added to the content; a character that is cut off is held back.</summary>
    public bool HasDelta => _machine.HasDelta;

    /// <summary>What the last push added to the content of the current message; valid until the next push.</summary>
    /// <remarks>In the two official modes a push of several ids counts as one for each.</remarks>
    public ReadOnlySpan<char> LastDelta => _machine.Delta;

    /// <summary>The current message's content so far, the sum of its deltas; valid until the next push.</summary>
    public ReadOnlySpan<char> Content => _machine.Content;

    /// <summary>
    /// What the last complete message holds beyond its deltas: deltas and remainder add up to its text. Pushed id by id it is
    /// empty for nearly every message; not so where a header never closed, or where the message ends inside a character.
    /// </summary>
    public string Remainder => Messages.Count == 0 ? "" : RemainderOf(Messages.Count - 1);

    /// <summary>The messages that are complete; grows as more is pushed, by one at most for an id, and by one at the end.</summary>
    public IReadOnlyList<Message> Messages => _machine.Messages;

    /// <summary>What a complete message holds beyond its deltas, for who pushes so much at once that several are completed.</summary>
    /// <param name="messageIndex">Its place in <see cref="Messages"/>.</param>
    public string RemainderOf(int messageIndex) => Messages[messageIndex].Text[_machine.Shown[messageIndex]..];

    /// <summary>Where each complete message stood.</summary>
    public IReadOnlyList<MessageSpan> Spans => _machine.Spans;

    /// <summary>What was wrong and what was done about it, in the order of discovery; empty for what is well-formed.</summary>
    public IReadOnlyList<HarmonyDiagnostic> Diagnostics => _machine.Diagnostics;
}
