using System.Runtime.InteropServices;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Something that happened in a turn, as its reader sees it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TurnEvent
{
    readonly string? _text;
    readonly IReadOnlyList<GeneratedToken>? _tokens;

    /// <summary>What happened.</summary>
    public required TurnEventKind Kind { get; init; }

    /// <summary>The part's place, from 0; at the end of the turn the number of parts.</summary>
    public int PartIndex { get; init; }

    /// <summary>What the part is.</summary>
    public TurnPartKind PartKind { get; init; }

    /// <inheritdoc cref="TurnPart.ToolName"/>
    public string? ToolName { get; init; }

    /// <inheritdoc cref="TurnPart.ToolNamespace"/>
    public string? ToolNamespace { get; init; }

    /// <summary>What joined the part: whole characters; on <see cref="TurnEventKind.Delta"/> only, never empty there.</summary>
    public string Text
    {
        get => _text ?? "";
        init => _text = value;
    }

    /// <summary>
    /// The generated ids of the part's content since its last delta, with their log-probabilities where those were asked for. Ids whose text waits come with the delta that shows
    /// it; without a delta of their own, with <see cref="TurnEventKind.PartCompleted"/>.
    /// </summary>
    public IReadOnlyList<GeneratedToken> Tokens
    {
        get => _tokens ?? [];
        init => _tokens = value;
    }

    /// <summary>The part; on <see cref="TurnEventKind.PartCompleted"/> only.</summary>
    public TurnPart? Part { get; init; }

    /// <summary>The turn; on <see cref="TurnEventKind.TurnCompleted"/> only.</summary>
    public ChatTurn? Turn { get; init; }
}
