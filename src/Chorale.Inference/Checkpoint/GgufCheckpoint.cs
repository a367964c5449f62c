namespace Chorale.Inference;

/// <summary>Opens a GGUF file, version 3, little-endian, whole or split into several.</summary>
/// <remarks>
/// Source of the split: llama.cpp's <c>gguf-split</c>. The first part has all keys; each part has <c>split.no</c> (from 0),
/// <c>split.count</c> and <c>split.tensors.count</c> (of all parts), its own share of the tensors, and a name that counts from 1:
/// <c>model-00001-of-00003.gguf</c>.
/// </remarks>
static class GgufCheckpoint
{
    const string SplitNo = "split.no", SplitCount = "split.count", SplitTensorsCount = "split.tensors.count";

    /// <summary>Opens a file and, where it is the first of several, the others beside it.</summary>
    public static Checkpoint Open(CheckpointFolder folder, string name)
    {
        List<CheckpointFile> files = [folder.Open(name)];
        try
        {
            GgufHeader first = GgufHeader.Read(files[0]);
            int count = first.Metadata.Get(SplitCount, 1);
            if (count <= 1 && first.Metadata.Get(SplitNo, 0) == 0)
                return new(files[0].Path, CheckpointLayout.Gguf, [.. files], first.Metadata, first.Tensors);

            CheckPart(first, part: 0, count, SplitName(name, 0, count));
            List<TensorInfo> tensors = [.. first.Tensors];
            for (int part = 1; part < count; part++)
            {
                files.Add(OpenPart(folder, name, part, count));
                GgufHeader header = GgufHeader.Read(files[part], part);
                CheckPart(header, part, count, files[0].Path);
                tensors.AddRange(header.Tensors);
            }
            int expected = first.Metadata.Get<int>(SplitTensorsCount);
            if (tensors.Count != expected)
                throw Error(first, SplitTensorsCount, $"found {expected}, expected {tensors.Count}, which the {count} parts hold.");
            return new(files[0].Path, CheckpointLayout.Gguf, [.. files], first.Metadata, tensors);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    static CheckpointFile OpenPart(CheckpointFolder folder, string firstName, int part, int count)
    {
        string name = SplitName(firstName, part, count) ?? throw new CheckpointFormatException(folder.PathOf(firstName), $"key '{SplitCount}'",
            $"found {count}, expected a file name that ends in '{Suffix(0, count)}': the other parts are found by it.");
        return folder.Contains(name) ? folder.Open(name)
            : throw new CheckpointFormatException(folder.PathOf(firstName), $"part {part + 1} of {count}", $"missing, expected the file '{folder.PathOf(name)}'.");
    }

    static void CheckPart(GgufHeader header, int part, int count, string? firstPath)
    {
        int foundNo = header.Metadata.Get<int>(SplitNo), foundCount = header.Metadata.Get<int>(SplitCount);
        if (foundNo != part)
        {
            throw Error(header, SplitNo, part == 0
                ? $"found {foundNo}, part {foundNo + 1L} of a split file, expected 0, the first part{(firstPath is null ? "" : $": '{firstPath}'")}."
                : $"found {foundNo}, expected {part}.");
        }
        if (foundCount != count)
            throw Error(header, SplitCount, $"found {foundCount}, expected {count}, as in '{firstPath}'.");
    }

    /// <summary>The name of a part by the name of another; null where that is not named like a part.</summary>
    static string? SplitName(string name, int part, int count)
    {
        int stem = name.Length - Suffix(0, 1).Length;
        bool isPart = stem > 0 && name.EndsWith($"-of-{count:d5}.gguf", StringComparison.Ordinal) && name[stem] == '-' && name.AsSpan(stem + 1, 5).IndexOfAnyExceptInRange('0', '9') < 0;
        return isPart ? name[..stem] + Suffix(part, count) : null;
    }

    static string Suffix(int part, int count) => $"-{part + 1L:d5}-of-{count:d5}.gguf";

    static CheckpointFormatException Error(GgufHeader header, string key, string problem) => new(header.Path, $"key '{key}'", problem);
}
