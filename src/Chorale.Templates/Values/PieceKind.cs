namespace Chorale.Templates;

/// <summary>Where a character of a rendered text comes from.</summary>
[Flags]
enum PieceKind : byte
{
    /// <summary>The messages, the tools, the variables.</summary>
    Caller = 0,

    /// <summary>The template's own literals and the special tokens.</summary>
    Template = 1,

    /// <summary>Inside <c>{% generation %}</c>.</summary>
    Trained = 2,
}
