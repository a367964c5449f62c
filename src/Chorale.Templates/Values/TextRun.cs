namespace Chorale.Templates;

/// <summary>Characters in a row of one kind.</summary>
/// <param name="End">One past the last, counted from the start of the whole text.</param>
/// <param name="Kind">Where they come from.</param>
readonly record struct TextRun(int End, PieceKind Kind);
