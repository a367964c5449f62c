using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>A gpt-oss model out of a GGUF file or a folder of safetensors, mapped into memory.</summary>
/// <remarks>
/// Immutable: threads may share it, and each <see cref="GptOssSession"/> continues a sequence of its own. Sessions share the model's
/// threads; where two compute at the same time, one of them works on its calling thread alone. Dispose it after its sessions: a session
/// must not be computing meanwhile, and refuses to compute afterwards.
/// </remarks>
public sealed class GptOssModel : IDisposable
{
    readonly Checkpoint _checkpoint;
    readonly GptOssOptions _options;
    readonly ModelWeights _weights;

    GptOssModel(Checkpoint checkpoint, GptOssOptions options)
    {
        (_checkpoint, _options) = (checkpoint, options);
        Config = checkpoint.ReadConfig(options);
        if (options.ContextLength > Config.MaxPositionEmbeddings)
            throw new ArgumentOutOfRangeException(nameof(options), options.ContextLength, $"ContextLength must be at most {Config.MaxPositionEmbeddings}, the model's.");
        if (options is { Loading: WeightLoading.Repack, Precision: not Precision.Fast })
            throw new ArgumentException("Repacked weights take activations in 8 bits: Loading.Repack goes with Precision.Fast.", nameof(options));
        Pool = new(options.ThreadCount);
        try
        {
            CheckpointWeights weights = checkpoint.ReadWeights(Config);
            IsRepacked = IsFast && (options.Loading == WeightLoading.Repack || (options.Loading == WeightLoading.Auto && FitsMemory(weights)));
            _weights = IsRepacked ? ModelWeights.Repack(weights, Pool) : ModelWeights.Load(weights);
        }
        catch
        {
            Pool.Dispose();
            throw;
        }
        Pass = new(_weights, Config);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path => _checkpoint.Path;

    /// <summary>How its files are laid out.</summary>
    public CheckpointLayout Layout => _checkpoint.Layout;

    /// <summary>The model's sizes and constants.</summary>
    public ModelConfig Config { get; }

    /// <summary>The keys of the GGUF file, the tokenizer's among them, or of <c>config.json</c>; they outlive the model.</summary>
    public CheckpointMetadata Metadata => _checkpoint.Metadata;

    /// <summary>The tensors, in the order of the files.</summary>
    public IReadOnlyList<TensorInfo> Tensors => _checkpoint.Tensors;

    /// <summary>How many ids a sequence may hold.</summary>
    internal int ContextLength => _options.ContextLength ?? Math.Min(Config.MaxPositionEmbeddings, GptOssOptions.DefaultContextLength);

    internal ForwardPass Pass { get; }

    /// <summary>Whether the weights were repacked while loading: <see cref="WeightLoading.Auto"/> decides by the memory that there is.</summary>
    public bool IsRepacked { get; }

    internal bool IsFast => _options.Precision == Precision.Fast;

    internal WorkerPool Pool { get; }

    internal KeyValueType KeyValueType => _options.KeyValueType ?? (IsFast ? KeyValueType.F16 : KeyValueType.F32);

    internal bool IsDisposed { get; private set; }

    /// <summary>
    /// Maps a model's files and checks that they hold a whole gpt-oss model. Weights that a file stores as the kernels read them are read from
    /// disk when first used, the experts of a folder of safetensors at once.
    /// </summary>
    /// <param name="path">A GGUF file, the first file of a split one, or a folder of safetensors with its <c>config.json</c>.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged, or holds another architecture; the message says where and how.</exception>
    /// <exception cref="ArgumentException"><see cref="GptOssOptions.ContextLength"/> is more than the model has.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static GptOssModel Open(string path, GptOssOptions? options = null)
    {
        Checkpoint checkpoint = Checkpoint.Open(path);
        try
        {
            return new(checkpoint, options ?? new());
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>A new, empty sequence.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public GptOssSession CreateSession()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new(this, ContextLength);
    }

    /// <summary>
    /// How many bytes a second the model's threads read from memory at this moment: what generating one token after the other is held
    /// against. No session may be computing meanwhile.
    /// </summary>
    /// <param name="byteCount">Bytes to take and read, some tenths of a second for half a GB: at least 1 MiB, and for the truth a good multiple of the last cache.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public double MeasureReadBandwidth(long byteCount = 512 << 20)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return ReadBandwidth.Measure(Pool, byteCount, passes: 3);
    }

    /// <summary>Whether tiles leave a tenth of the memory that this process may use to everything else.</summary>
    static bool FitsMemory(CheckpointWeights weights) => ModelWeights.TileBytes(weights) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9;

    /// <summary>Unmaps the files and ends the threads.</summary>
    public void Dispose()
    {
        if (IsDisposed)
            return;
        IsDisposed = true;
        Pool.Dispose();
        _weights.Dispose();
        _checkpoint.Dispose();
    }
}
