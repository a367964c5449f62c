using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>A GGUF file, version 3, little-endian, of any architecture: its metadata and its list of tensors, mapped into memory.</summary>
/// <remarks>
/// Opening reads the head alone, checks each count, length, offset and type in it against the file, and leaves the numbers on disk until
/// somebody uses them. Immutable; threads may share it. The file must not be shortened while it is open.
/// </remarks>
public sealed class GgufFile : IDisposable
{
    readonly CheckpointFile _file;
    readonly Dictionary<string, TensorInfo> _byName;

    GgufFile(CheckpointFile file, GgufHeader header)
    {
        (_file, Metadata, Tensors) = (file, header.Metadata, header.Tensors);
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path => _file.Path;

    /// <summary>How long the file is, in bytes.</summary>
    public long ByteCount => _file.Length;

    /// <summary>The keys and their values; they outlive this object.</summary>
    public CheckpointMetadata Metadata { get; }

    /// <summary>The tensors, in the order of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Maps a file and reads its head.</summary>
    /// <exception cref="CheckpointFormatException">It is not such a file, or damaged; the message says where and how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufFile Open(string path)
    {
        CheckpointFile file = CheckpointFile.Open(path);
        try
        {
            return new(file, GgufHeader.Read(file.Head, file.Length, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of a name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>A tensor as a matrix: its last dimension as columns, all others together as rows.</summary>
    internal MatrixSource Matrix(TensorInfo tensor)
    {
        if (!TryGetWeightType(tensor.Type, out WeightType type))
            throw Error(tensor, $"found type {tensor.Type}, expected F32, F16, BF16, Q8_0 or Mxfp4.");
        long columns = tensor.Shape[^1];
        long rows = tensor.ElementCount / columns;
        if (columns > int.MaxValue || rows > int.MaxValue)
            throw Error(tensor, $"found shape [{string.Join(", ", tensor.Shape)}], expected at most {int.MaxValue} rows and columns.");
        return new StoredMatrix(_file, tensor.Offset, type, (int)rows, (int)columns);
    }

    /// <summary>The numbers of a small tensor, copied.</summary>
    internal float[] Floats(TensorInfo tensor)
    {
        if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw Error(tensor, $"found type {tensor.Type}, expected F32, F16 or BF16.");
        if (tensor.ElementCount > int.MaxValue / sizeof(float))
            throw Error(tensor, $"found shape [{string.Join(", ", tensor.Shape)}], expected at most {int.MaxValue / sizeof(float)} numbers.");
        return _file.ReadFloats(tensor.Offset, tensor.Type, (int)tensor.ElementCount);
    }

    internal CheckpointFormatException Error(TensorInfo tensor, string problem) => new(Path, $"tensor '{tensor.Name}'", problem);

    static bool TryGetWeightType(TensorType type, out WeightType weightType)
    {
        (bool known, weightType) = type switch
        {
            TensorType.F32 => (true, WeightType.F32),
            TensorType.F16 => (true, WeightType.F16),
            TensorType.BF16 => (true, WeightType.BF16),
            TensorType.Q8_0 => (true, WeightType.Q8_0),
            TensorType.Mxfp4 => (true, WeightType.Mxfp4),
            _ => (false, default),
        };
        return known;
    }
}
