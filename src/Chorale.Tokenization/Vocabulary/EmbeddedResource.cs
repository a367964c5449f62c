namespace Chorale.Tokenization;

/// <summary>The data files inside this assembly.</summary>
static class EmbeddedResource
{
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(EmbeddedResource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}'.");
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(bytes);
        return bytes;
    }
}
