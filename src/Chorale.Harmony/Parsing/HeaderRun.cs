namespace Chorale.Harmony;

/// <summary>An unbroken piece of a header's text.</summary>
/// <param name="Text">The text; U+FFFD stands for bad bytes.</param>
/// <param name="Indices">For each UTF-16 unit the place of the id that it begins in.</param>
/// <param name="Bad">The bad bytes, in hexadecimal, and where.</param>
readonly record struct HeaderRun(string Text, List<int> Indices, List<(int Index, string Hex)> Bad)
{
    public int IndexAt(int offset) => Indices[offset];
}
