namespace Chorale.Inference;

/// <summary>One sequence in a model: its keys and values, and the plain calls that extend it.</summary>
/// <remarks>
/// Not for several threads at a time. All work happens on the calling thread and the model's threads before a call returns.
/// </remarks>
public sealed class GptOssSession : IDisposable
{
    /// <summary>Ids that go through the layers together, unless a test asks for fewer.</summary>
    internal const int DefaultBatch = 512;

    /// <summary>How far a sequence can go back at least on sliding layers: about an answer with its reasoning.</summary>
    internal const int DefaultRollback = 1024;

    // The output matrix is read once for so many positions.
    const int LogitsAtATime = 16;

    readonly GptOssModel _model;
    readonly KvCache _cache;
    readonly int _batch;
    ForwardState? _state;
    bool _isDisposed;

    internal GptOssSession(GptOssModel model, int contextLength, int batch = DefaultBatch, int rollback = DefaultRollback, int page = KvCache.DefaultPage)
    {
        (_model, _batch) = (model, Math.Min(batch, contextLength));
        _cache = new(model.Config, contextLength, _batch, rollback, model.KeyValueType, page);
    }

    /// <summary>How many ids the sequence may hold.</summary>
    public int ContextLength => _cache.ContextLength;

    /// <summary>How many ids it holds.</summary>
    public int Position => _cache.Position;

    /// <summary>Bytes of keys and values at present; grows with the sequence.</summary>
    public long CacheByteCount => _cache.ByteCount;

    /// <summary>What the last <see cref="Forward"/> gave.</summary>
    internal ReadOnlySpan<float> LastLogits => _state is { } state ? state.LogitsOf(1) : [];

    /// <summary>Sees the inside of each forward pass.</summary>
    internal IForwardTrace? Trace { get; set; }

    /// <summary>What takes the logits of each position.</summary>
    /// <param name="index">Of the id among those given, from 0.</param>
    /// <param name="logits">What may follow it, shape [vocab]; valid during the call.</param>
    public delegate void LogitsReceiver(int index, ReadOnlySpan<float> logits);

    /// <summary>Appends ids to the sequence and gives the logits of what may follow the last.</summary>
    /// <param name="ids">At least one.</param>
    /// <param name="cancellationToken">Looked at between layers. Batches done by then stay in the sequence: <see cref="Position"/> tells.</param>
    /// <returns>Shape [vocab]; the session's memory, valid until the next call.</returns>
    /// <exception cref="ArgumentException">There are no ids, or not enough room for them.</exception>
    /// <exception cref="TokenOutOfRangeException">An id is not in the vocabulary; nothing was appended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<int> ids, CancellationToken cancellationToken = default)
    {
        ForwardState state = Prepare(ids);
        while (true)
        {
            ReadOnlySpan<int> batch = ids[..Math.Min(_batch, ids.Length)];
            _model.Pass.Run(batch, [new(_cache, 0, batch.Length)], state, cancellationToken);
            ids = ids[batch.Length..];
            if (ids.IsEmpty)
                return _model.Pass.Logits([batch.Length - 1], state);
        }
    }

    /// <summary>Appends ids to the sequence and hands over the logits after each of them, in order.</summary>
    /// <param name="ids">At least one.</param>
    /// <param name="receiver">Called once an id.</param>
    /// <param name="cancellationToken">Looked at between layers and between positions.</param>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public void ForwardEach(ReadOnlySpan<int> ids, LogitsReceiver receiver, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ForwardState state = Prepare(ids);
        for (int start = 0; start < ids.Length; start += _batch)
        {
            ReadOnlySpan<int> batch = ids[start..Math.Min(start + _batch, ids.Length)];
            _model.Pass.Run(batch, [new(_cache, 0, batch.Length)], state, cancellationToken);
            for (int row = 0; row < batch.Length; row += LogitsAtATime)
                HandOver(start, row, Math.Min(LogitsAtATime, batch.Length - row), receiver, state, cancellationToken);
        }
    }

    /// <summary>
    /// Goes back to the first <paramref name="position"/> ids. Sliding layers keep only so much of the past: where it goes back too far,
    /// false, and nothing changed. Going back to 0 always works.
    /// </summary>
    public bool TryTruncate(int position)
    {
        if (position != 0)
            return _cache.TryTruncate(position);
        _cache.Clear();
        return true;
    }

    /// <summary>Frees the sequence's memory.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _cache.Dispose();
        _state?.Dispose();
        _state = null;
    }

    /// <summary>Hands over the logits of <paramref name="count"/> rows of a batch that began at index <paramref name="start"/> of the call's ids.</summary>
    void HandOver(int start, int row, int count, LogitsReceiver receiver, ForwardState state, CancellationToken cancellationToken)
    {
        Span<int> rows = stackalloc int[LogitsAtATime];
        rows = rows[..count];
        for (int i = 0; i < count; i++)
            rows[i] = row + i;
        ReadOnlySpan<float> logits = _model.Pass.Logits(rows, state);
        int vocab = _model.Config.VocabSize;
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            receiver(start + row + i, logits.Slice(i * vocab, vocab));
        }
    }

    ForwardState Prepare(ReadOnlySpan<int> ids)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ObjectDisposedException.ThrowIf(_model.IsDisposed, _model);
        if (ids.IsEmpty)
            throw new ArgumentException("There are no ids to read.", nameof(ids));
        if (ids.Length > ContextLength - Position)
            throw new ArgumentException($"{ids.Length} ids do not fit after {Position} in a context of {ContextLength}.", nameof(ids));
        int outside = ids.IndexOfAnyExceptInRange(0, _model.Config.VocabSize - 1);
        if (outside >= 0)
            throw new TokenOutOfRangeException(ids[outside], outside, _model.Config.VocabSize);
        _state ??= new(_model.Config, _batch, _model.Pool, _model.IsFast);
        _state.Trace = Trace;
        return _state;
    }
}
