using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>A model on disk, of any architecture and in any of the layouts: its metadata and its list of tensors.</summary>
/// <remarks>
/// Opening reads the heads of the files alone, checks each count, length, offset and type in them against the files, and leaves the
/// numbers on disk until somebody uses them. Immutable; threads may share it. The files must not be shortened while it is open.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    readonly CheckpointFile[] _files;
    readonly Dictionary<string, TensorInfo> _byName = new(StringComparer.Ordinal);

    internal Checkpoint(string path, CheckpointLayout layout, CheckpointFile[] files, CheckpointMetadata metadata, IReadOnlyList<TensorInfo> tensors)
    {
        (Path, Layout, _files, Metadata, Tensors) = (path, layout, files, metadata, tensors);
        TensorInfo? twice = tensors.FirstOrDefault(tensor => !_byName.TryAdd(tensor.Name, tensor));
        if (twice is not null)
            throw Error(twice, $"found twice, in '{FileOf(_byName[twice.Name]).Path}' too.");
    }

    /// <summary>The path it was opened by: a file or a folder.</summary>
    public string Path { get; }

    /// <summary>How its files are laid out.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>The files that hold the tensors; <see cref="TensorInfo.File"/> counts them.</summary>
    public IReadOnlyList<string> Files => field ??= Array.AsReadOnly(Array.ConvertAll(_files, file => file.Path));

    /// <summary>How long these files are together, in bytes.</summary>
    public long ByteCount => _files.Sum(file => file.Length);

    /// <summary>The keys and their values: those of the GGUF file, or of <c>config.json</c>. They outlive this object.</summary>
    public CheckpointMetadata Metadata { get; }

    /// <summary>The tensors, in the order of the files.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>How many numbers the tensors hold; the scales of quantized blocks do not count.</summary>
    public long ParameterCount => Tensors.Sum(ParametersOf);

    /// <summary>Maps a model's files and reads their heads.</summary>
    /// <param name="path">A GGUF file, the first file of a split one, or a folder of safetensors with its <c>config.json</c>.</param>
    /// <exception cref="CheckpointFormatException">It is not such a model, or damaged; the message says where and how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            return SafetensorsCheckpoint.Open(new DiskFolder(path));
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase))
            throw new CheckpointFormatException(path, null, "found one file of a safetensors checkpoint, expected the folder that holds it with its config.json.");
        return GgufCheckpoint.Open(new DiskFolder(System.IO.Path.GetDirectoryName(path) ?? ""), System.IO.Path.GetFileName(path));
    }

    /// <summary>The tensor of a name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Unmaps the files.</summary>
    public void Dispose()
    {
        foreach (CheckpointFile file in _files)
            file.Dispose();
    }

    /// <summary>The hyperparameters of a gpt-oss model.</summary>
    /// <exception cref="CheckpointFormatException">It is another architecture, or says something that the engine cannot honour.</exception>
    internal ModelConfig ReadConfig(GptOssOptions options) => Layout switch
    {
        CheckpointLayout.Gguf => GgufConfig.Read(this, options),
        CheckpointLayout.HuggingFace => HuggingFaceConfig.Read(Metadata, options),
        _ => OpenAIConfig.Read(Metadata, options),
    };

    /// <summary>The tensors of a gpt-oss model, found by name, their shapes and types checked.</summary>
    /// <exception cref="CheckpointFormatException">One is missing, or not what it should be.</exception>
    internal CheckpointWeights ReadWeights(ModelConfig config) =>
        Layout == CheckpointLayout.Gguf ? GgufWeights.Read(this, config) : SafetensorsWeights.Read(this, config);

    /// <summary>The tensor of a name and shape.</summary>
    internal TensorInfo Require(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = Find(name) ?? throw new CheckpointFormatException(Path, $"tensor '{name}'", $"missing, expected shape {ShapeText.Of(shape.ToArray())}.");
        return tensor.HasShape(shape) ? tensor : throw Error(tensor, $"found shape {ShapeText.Of(tensor.Shape)}, expected {ShapeText.Of(shape.ToArray())}.");
    }

    /// <summary>A tensor as a matrix: its last dimension as columns, all others together as rows.</summary>
    internal MatrixSource Matrix(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = Require(name, shape);
        if (!tensor.Type.TryGetWeightType(out WeightType type))
            throw Error(tensor, $"found type {tensor.Type}, expected {(Layout == CheckpointLayout.Gguf ? "F32, F16, BF16, Q8_0 or Mxfp4" : "F32, F16 or BF16")}.");
        (int rows, int columns) = RowsAndColumns(tensor, shape[^1]);
        return new StoredMatrix(FileOf(tensor), tensor.Offset, type, rows, columns);
    }

    /// <summary>The numbers of a small tensor, copied: norms, biases and sinks.</summary>
    internal float[] Vector(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = Require(name, shape);
        if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw Error(tensor, $"found type {tensor.Type}, expected F32, F16 or BF16.");
        if (tensor.ElementCount > int.MaxValue / sizeof(float))
            throw Error(tensor, $"found shape {ShapeText.Of(tensor.Shape)}, expected at most {int.MaxValue / sizeof(float)} numbers.");
        return FileOf(tensor).ReadFloats(tensor.Offset, tensor.Type, (int)tensor.ElementCount);
    }

    /// <summary>A tensor's rows and columns as the engine counts them.</summary>
    internal (int Rows, int Columns) RowsAndColumns(TensorInfo tensor, long columns)
    {
        long rows = tensor.ElementCount / columns;
        return columns <= int.MaxValue && rows <= int.MaxValue ? ((int)rows, (int)columns)
            : throw Error(tensor, $"found shape {ShapeText.Of(tensor.Shape)}, expected at most {int.MaxValue} rows and columns.");
    }

    internal CheckpointFile FileOf(TensorInfo tensor) => _files[tensor.File];

    internal CheckpointFormatException Error(TensorInfo tensor, string problem) => new(_files[tensor.File].Path, $"tensor '{tensor.Name}'", problem);

    /// <summary>In safetensors a byte of MXFP4 blocks holds two numbers, and their scales are none.</summary>
    static long ParametersOf(TensorInfo tensor) =>
        tensor.Type != TensorType.U8 ? tensor.ElementCount
        : tensor.Name.EndsWith("blocks", StringComparison.Ordinal) ? 2 * tensor.ElementCount
        : tensor.Name.EndsWith("scales", StringComparison.Ordinal) ? 0 : tensor.ElementCount;
}
