namespace Chorale.Harmony;

/// <summary>One thing that a comment says: words, then a type or notes, then more.</summary>
/// <param name="Text">The words, on one line.</param>
/// <param name="Type">A type to write after them, on the same line.</param>
sealed record Note(string Text, NotedType? Type = null)
{
    /// <summary>Notes to write after the words.</summary>
    public TypeNotes? Notes { get; init; }

    /// <summary>Whether it wants a line of its own: it describes an object, or goes on after a type.</summary>
    public bool IsLong => Type is { Type.IsFlat: false } || (Type is not null && Next is not null);

    /// <summary>What comes after, without a break.</summary>
    public Note? Next { get; init; }
}
