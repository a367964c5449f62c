namespace Chorale.Inference.Tests;

/// <summary>
/// Holds the checkpoint reader to its promise over any files: a model whose weights can be read, or a <see cref="CheckpointFormatException"/>, and
/// never more memory than the files warrant.
/// </summary>
static class ModelAudit
{
    /// <summary>What opening may allocate whatever the file: tables, names of keys, a message.</summary>
    public const long BytesAtLeast = 1 << 16;

    /// <summary>Bytes that opening may allocate for a byte of the files: a number of two bytes becomes a float, a short name of JSON an object.</summary>
    public const long BytesOfAByte = 16;

    static readonly GptOssOptions Options = new();

    /// <summary>Opens a folder's files as a gpt-oss model and reads rows of its matrices.</summary>
    /// <param name="folder">The files.</param>
    /// <param name="entry">The GGUF file to open; null opens the folder as safetensors.</param>
    /// <param name="isRefused">Whether it was refused as it should be.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Check(MemoryFolder folder, string? entry, out bool isRefused)
    {
        isRefused = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using Checkpoint checkpoint = entry is null ? SafetensorsCheckpoint.Open(folder) : GgufCheckpoint.Open(folder, entry);
            ReadSomeRows(checkpoint.ReadWeights(checkpoint.ReadConfig(Options)));
        }
        catch (CheckpointFormatException refusal)
        {
            isRefused = true;
            if (refusal.Path.Length == 0 || refusal.Message.Length < refusal.Path.Length + 10)
                return $"a refusal that says nothing: {refusal.Message}";
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, allowed = BytesAtLeast + (BytesOfAByte * folder.ByteCount);
        return allocated <= allowed ? null : $"{allocated} bytes allocated for {folder.ByteCount} bytes of files";
    }

    static void ReadSomeRows(CheckpointWeights weights)
    {
        Read(weights.Embedding);
        Read(weights.Unembedding);
        foreach (CheckpointLayer layer in weights.Layers)
        {
            foreach (MatrixSource matrix in (ReadOnlySpan<MatrixSource>)[layer.Query, layer.Key, layer.Value, layer.Output, layer.Router, layer.Experts[^1].Gate, layer.Experts[^1].Up, layer.Experts[^1].Down])
                Read(matrix);
        }
    }

    /// <summary>The first row and the last.</summary>
    static void Read(MatrixSource matrix)
    {
        Span<byte> row = matrix.RowBytes <= 512 ? stackalloc byte[(int)matrix.RowBytes] : new byte[matrix.RowBytes];
        matrix.ReadRows(0, 1, row);
        matrix.ReadRows(matrix.Rows - 1, 1, row);
    }
}
