using System.Runtime.InteropServices;
using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>One step of a turn: what one generated id told, or, at the very end, the whole turn.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChatUpdate
{
    readonly string? _text;

    /// <summary>The generated id; null on an update that no id of its own stands behind, as the last one.</summary>
    public int? TokenId { get; init; }

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

    /// <summary>The message that this step completed.</summary>
    public Message? Completed { get; init; }

    /// <summary>The whole turn; on the last update only.</summary>
    public ChatTurn? Turn { get; init; }
}
