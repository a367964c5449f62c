namespace Chorale.Tokenization;

/// <summary>The <see cref="CharacterClass"/> of every code point, as of Unicode 16.0.</summary>
/// <remarks>
/// The table is our own and not the runtime's, so that a newer runtime with newer Unicode data splits as the model was
/// trained. It is embedded as runs: a run length (LEB128), then one byte of class.
/// </remarks>
static class CharacterClasses
{
    public const int CodePoints = 0x110000;
    public const string ResourceName = "Chorale.Tokenization.unicode-16.runs";

    static readonly byte[] Classes = Load();

    /// <summary>One byte of class for each code point: [0x110000].</summary>
    public static ReadOnlySpan<byte> Table => Classes;

    static byte[] Load()
    {
        byte[] runs = EmbeddedResource.Read(ResourceName);
        byte[] classes = new byte[CodePoints];
        int codePoint = 0;
        int position = 0;
        while (position < runs.Length)
        {
            int length = Leb128.Read(runs, ref position);
            classes.AsSpan(codePoint, length).Fill(runs[position++]);
            codePoint += length;
        }
        return classes;
    }
}
