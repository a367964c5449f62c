namespace Chorale.Harmony;

/// <summary>A word or a control token of a header.</summary>
/// <param name="Marker">The control token; null for a word.</param>
/// <param name="Text">The word, or the control token's spelling.</param>
/// <param name="Index">Where it begins: the place of its first id.</param>
/// <param name="Length">How many ids it spans.</param>
/// <param name="IsGlued">Whether no white space stands before it.</param>
/// <param name="Run">The unbroken piece of text that a word stands in.</param>
/// <param name="Offset">A word's place in its run.</param>
readonly record struct HeaderItem(ControlKind? Marker, string Text, int Index, int Length, bool IsGlued, int Run, int Offset);
