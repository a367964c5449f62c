using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Chorale.Benchmarks;

/// <summary>The recorded inputs of the Harmony benchmarks (<c>testdata/bench</c>), found beside this source.</summary>
static class HarmonyInputs
{
    /// <summary>A conversation's JSON.</summary>
    public static byte[] Conversation(string name)
    {
        string path = PathOf($"{name}.conv.json");
        if (File.Exists(path))
            return File.ReadAllBytes(path);
        using GZipStream zipped = new(File.OpenRead($"{path}.gz"), CompressionMode.Decompress);
        using MemoryStream plain = new();
        zipped.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>A completion's ids.</summary>
    public static int[] Completion(string name) => JsonSerializer.Deserialize<int[]>(File.ReadAllBytes(PathOf($"{name}.tokens.json")))!;

    static string PathOf(string name, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(thisFile, "..", "..", "..", "testdata", "bench", name));
}
