using System.Runtime.CompilerServices;

namespace Chorale.Inference;

/// <summary>Generates with a gpt-oss model in this process.</summary>
/// <remarks>
/// Threads may share it. It works on one answer at a time: a second caller waits until the first stream has ended or was given up
/// (<c>await foreach</c> does both), and can be cancelled while it waits. An id is computed when the caller asks for the next one, on
/// pool threads and the model's own, never on the caller's. The keys and values stay in memory between calls, so a prompt that begins
/// like the sequence before it is computed from where they part.
/// </remarks>
public sealed class GptOssGenerator : ITokenGenerator, IDisposable
{
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly GptOssSession _session;
    readonly TokenSequence _sequence;
    readonly bool _ownsModel;
    int _isDisposed;
    int _isFreed;

    /// <summary>Generates with an open model, which stays the caller's and must outlive this object.</summary>
    public GptOssGenerator(GptOssModel model)
        : this(model, ownsModel: false)
    {
    }

    GptOssGenerator(GptOssModel model, bool ownsModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, _ownsModel) = (model, ownsModel);
        _session = model.CreateSession();
        _sequence = new(_session, model.Config.VocabSize);
    }

    /// <summary>The model.</summary>
    public GptOssModel Model { get; }

    /// <inheritdoc/>
    public int ContextLength => _session.ContextLength;

    /// <inheritdoc/>
    public int VocabularySize => Model.Config.VocabSize;

    /// <summary>Bytes of keys and values at present.</summary>
    public long CacheByteCount => _session.CacheByteCount;

    /// <summary>Opens a model file to generate with; the generator owns the model.</summary>
    /// <inheritdoc cref="GptOssModel.Open" path="/param|/exception"/>
    public static GptOssGenerator Open(string path, GptOssOptions? options = null)
    {
        GptOssModel model = GptOssModel.Open(path, options);
        try
        {
            return new(model, ownsModel: true);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The generator is disposed, before or meanwhile.</exception>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Stream(request, cancellationToken);
    }

    /// <summary>Frees the memory, and the model where the generator opened it; an answer in the making fails at its next id, and frees them then.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, 1);
        FreeIfIdle();
    }

    async IAsyncEnumerable<GeneratedToken> Stream(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Generation generation = await Task.Run(() => Begin(request), cancellationToken).ConfigureAwait(false);
            while (!generation.IsFinished)
                yield return await Task.Run(() => Next(generation, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
            if (Volatile.Read(ref _isDisposed) != 0)
                FreeIfIdle();
        }
    }

    Generation Begin(GenerationRequest request)
    {
        ThrowIfDisposed();
        return new(_sequence, request);
    }

    GeneratedToken Next(Generation generation, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        return generation.Next(cancellationToken);
    }

    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);

    /// <summary>Frees everything, unless an answer is being made: its end calls this again.</summary>
    void FreeIfIdle()
    {
        if (!_turn.Wait(0, CancellationToken.None))
            return;
        if (Interlocked.Exchange(ref _isFreed, 1) == 0)
        {
            _session.Dispose();
            if (_ownsModel)
                Model.Dispose();
        }
        _turn.Release();
    }
}
