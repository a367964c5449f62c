using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>A part of a turn as its reader sees it: a message, or what became of one.</summary>
public sealed record TurnPart
{
    /// <summary>Its place among the parts of the turn, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>What it is.</summary>
    public required TurnPartKind Kind { get; init; }

    /// <summary>Its text; of a call the arguments, repaired where that could be done.</summary>
    public required string Text { get; init; }

    /// <summary>The tool that a call calls: as declared, without its namespace; where none was declared, what the model wrote, without <c>functions.</c>. Null on others.</summary>
    public string? ToolName { get; init; }

    /// <summary>The namespace that declares the tool; null where none does.</summary>
    public string? ToolNamespace { get; init; }

    /// <summary>The call; null on others, and on a call that was cut.</summary>
    public HarmonyCall? Call { get; init; }

    /// <summary>Whether the turn ended in the middle of it, for want of ids.</summary>
    public bool IsCut { get; init; }

    /// <summary>The message behind it; null where the turn was cut before anything of it was said.</summary>
    public Message? Message { get; init; }
}
