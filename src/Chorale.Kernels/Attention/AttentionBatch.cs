namespace Chorale.Kernels;

/// <summary>The sequences whose queries one call of <see cref="Attention"/> answers, and its working memory; reused from call to call. Not for several threads at a time.</summary>
sealed class AttentionBatch : IDisposable
{
    AttentionSpan[] _spans = new AttentionSpan[1];
    NativeBuffer<float>? _partials;

    /// <summary>The sequences in the order of their queries.</summary>
    public ReadOnlySpan<AttentionSpan> Spans => _spans.AsSpan(0, Count);

    /// <summary>How many sequences there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many queries there are: rows of the batch.</summary>
    public int Tokens { get; private set; }

    /// <summary>Forgets all sequences.</summary>
    public void Clear() => (Count, Tokens) = (0, 0);

    /// <summary>Adds a sequence whose queries follow those of the one before.</summary>
    /// <param name="cache">Its keys and values; those of the queries' own positions are reserved.</param>
    /// <param name="position">Of its first query, from 0.</param>
    /// <param name="tokens">Queries, at consecutive positions, at least 1.</param>
    public void Add(LayerKeyValues cache, int position, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, int.MaxValue - position);
        if (Count > 0 && (cache.Layout.KvHeads, cache.Layout.HeadDim) != (_spans[0].Cache.Layout.KvHeads, _spans[0].Cache.Layout.HeadDim))
            throw new ArgumentException("The sequences are not of one model.", nameof(cache));
        if (Count == _spans.Length)
            Array.Resize(ref _spans, 2 * Count);
        _spans[Count++] = new(cache, position, Tokens, tokens);
        Tokens += tokens;
    }

    /// <summary>The sequence of a row.</summary>
    public ref readonly AttentionSpan SpanOf(int row)
    {
        int low = 0, high = Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_spans[middle].Start <= row)
                low = middle;
            else
                high = middle - 1;
        }
        return ref _spans[low];
    }

    /// <summary>Memory for the sums over parts of the keys, before they are joined.</summary>
    internal unsafe float* Partials(long length)
    {
        if (_partials is null || _partials.Length < length)
        {
            _partials?.Dispose();
            _partials = new(length);
        }
        return _partials.Pointer;
    }

    public void Dispose() => _partials?.Dispose();
}
