namespace Chorale.Chat;

/// <summary>What a part of a turn is to its reader.</summary>
public enum TurnPartKind
{
    /// <summary>The model thinks.</summary>
    Reasoning,

    /// <summary>The model tells the user what it is about to do.</summary>
    Preamble,

    /// <summary>The answer.</summary>
    Answer,

    /// <summary>A call of a tool.</summary>
    Call,
}
