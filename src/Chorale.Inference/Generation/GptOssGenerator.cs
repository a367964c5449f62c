namespace Chorale.Inference;

/// <summary>Generates with a gpt-oss model in this process, several answers at once.</summary>
/// <remarks>
/// Threads may share it. The next ids of all answers in the making go through the model together, so that its weights are read once for all of
/// them; no answer depends on which others are made beside it. A thread of its own computes, with the model's; callers only wait.
/// An answer is made as fast as the model allows, whether or not it is read: it is kept until then, at most a context of ids. The keys and
/// values of answers that have ended stay in memory for a while, so a prompt that begins like an earlier one is computed from where they part.
/// </remarks>
public sealed class GptOssGenerator : ITokenGenerator, IDisposable
{
    readonly BatchedGenerator _generator;

    /// <summary>Generates with an open model, which stays the caller's and must outlive this object.</summary>
    /// <param name="model">Computes.</param>
    /// <param name="options">How requests share it; null takes the defaults.</param>
    public GptOssGenerator(GptOssModel model, GeneratorOptions? options = null)
        : this(model, options, ownsModel: false)
    {
    }

    GptOssGenerator(GptOssModel model, GeneratorOptions? options, bool ownsModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, Options) = (model, options ?? new());
        ObjectDisposedException.ThrowIf(model.IsDisposed, model);
        ContextLength = model.ContextLength;
        _generator = new(new GptOssEngine(model, ContextLength, BatchedGenerator.LargestBatch(Options), ownsModel), Options);
    }

    /// <summary>The model.</summary>
    public GptOssModel Model { get; }

    /// <summary>How requests share it.</summary>
    public GeneratorOptions Options { get; }

    /// <inheritdoc/>
    public int ContextLength { get; }

    /// <inheritdoc/>
    public int VocabularySize => Model.Config.VocabSize;

    /// <summary>What it has done, and what it holds, as of the last step.</summary>
    public GeneratorStatistics Statistics => _generator.Statistics;

    /// <summary>Bytes of keys and values as of the last step.</summary>
    public long CacheByteCount => Statistics is var now ? now.IdleBytes + now.RunningBytes : 0;

    /// <summary>Opens a model file to generate with; the generator owns the model.</summary>
    /// <param name="path">As <see cref="GptOssModel.Open"/> takes it.</param>
    /// <param name="options">How the model is opened; null takes the defaults.</param>
    /// <param name="generatorOptions">How requests share it; null takes the defaults.</param>
    /// <inheritdoc cref="GptOssModel.Open" path="/exception"/>
    public static GptOssGenerator Open(string path, GptOssOptions? options = null, GeneratorOptions? generatorOptions = null)
    {
        GptOssModel model = GptOssModel.Open(path, options);
        try
        {
            return new(model, generatorOptions, ownsModel: true);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="QueueFullException">As many requests wait as may; thrown before the first id.</exception>
    /// <exception cref="ObjectDisposedException">The generator is disposed, before or meanwhile.</exception>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _generator.StreamAsync(request, cancellationToken);
    }

    /// <summary>Ends all answers, waits until the layer in progress is done, and frees the memory, and the model where the generator opened it.</summary>
    public void Dispose() => _generator.Dispose();
}
