using System.Runtime.InteropServices;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>One step of a turn: what one generated id told, or, at the very end, the whole turn.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChatUpdate
{
    readonly string? _text;
    readonly IReadOnlyList<TokenLogProbability>? _topLogProbabilities;

    /// <summary>The generated id; null on an update that no id of its own stands behind, as the last one.</summary>
    public int? TokenId { get; init; }

    /// <summary>Whose message is being written: the assistant's, unless the model speaks for another; null while its header is still open.</summary>
    public Role? Role { get; init; }

    /// <summary>The channel of the message being written; null while its header is still open, and where it has none.</summary>
    public string? Channel { get; init; }

    /// <summary>Whom the message being written is for: a tool's name where it is a call; null is the user.</summary>
    public string? Recipient { get; init; }

    /// <summary>Whether the message being written calls a tool.</summary>
    public bool IsCall => HarmonyCall.IsTool(Recipient);

    /// <summary>What joined the message's text: whole characters, often several or none.</summary>
    public string Text
    {
        get => _text ?? "";
        init => _text = value;
    }

    /// <summary>
    /// The natural logarithm of the probability of <see cref="TokenId"/>; null where none were asked for (<see cref="ChatSessionOptions.TopLogProbabilities"/>).
    /// </summary>
    public float? LogProbability { get; init; }

    /// <summary>The most likely ids at this place, best first, as many as were asked for.</summary>
    public IReadOnlyList<TokenLogProbability> TopLogProbabilities
    {
        get => _topLogProbabilities ?? [];
        init => _topLogProbabilities = value;
    }

    /// <summary>The message that this step completed.</summary>
    public Message? Completed { get; init; }

    /// <summary>The call that <see cref="Completed"/> is; null where it is none, or where the turn was cut in the middle of it.</summary>
    public HarmonyCall? Call { get; init; }

    /// <summary>The whole turn; on the last update only.</summary>
    public ChatTurn? Turn { get; init; }
}
