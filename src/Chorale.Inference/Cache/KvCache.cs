using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The keys and values of one sequence, layer by layer.</summary>
/// <remarks>
/// Sliding layers keep a ring of their window, of one batch, and of some positions more for going back; full layers start small and double
/// up to the context. Not for several threads at a time.
/// </remarks>
sealed class KvCache : IDisposable
{
    const int FirstCapacity = 256;

    readonly LayerKeyValues[] _layers;
    readonly int _window;
    int _oldest;    // the first position that every sliding layer still holds

    /// <summary>An empty cache.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="contextLength">The most positions.</param>
    /// <param name="batch">The most positions stored between two calls of <see cref="Advance"/>.</param>
    /// <param name="rollback">How far back <see cref="TryTruncate"/> can go at least, whatever came before.</param>
    public KvCache(ModelConfig config, int contextLength, int batch, int rollback)
    {
        (ContextLength, _window) = (contextLength, config.SlidingWindow);
        // An aborted batch and the positions gone back by are taken from the same slack, hence the sum.
        int ring = (int)Math.Min((long)contextLength, (long)config.SlidingWindow + batch + rollback);
        int full = Math.Min(contextLength, FirstCapacity);
        _layers = new LayerKeyValues[config.NumHiddenLayers];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new(ModelConfig.IsSliding(layer) ? ring : full, config.NumKeyValueHeads, config.HeadDim);
    }

    /// <summary>The most positions.</summary>
    public int ContextLength { get; }

    /// <summary>How many positions are stored: that of the next id.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes of keys and values at present.</summary>
    public long ByteCount => _layers.Sum(layer => 2L * sizeof(float) * layer.Capacity * layer.KvHeads * layer.HeadDim);

    /// <summary>The keys and values of a layer; asked for anew after each <see cref="Reserve"/>.</summary>
    public LayerKeyValues this[int layer] => _layers[layer];

    /// <summary>Makes room for <paramref name="tokens"/> more positions, before their keys and values are stored.</summary>
    public void Reserve(int tokens)
    {
        int end = Position + tokens;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            if (ModelConfig.IsSliding(layer))
                _oldest = Math.Max(_oldest, end - _layers[layer].Capacity);
            else if (_layers[layer].Capacity < end)
                Grow(layer, end);
        }
    }

    /// <summary>Counts the positions stored since, in all layers.</summary>
    public void Advance(int tokens) => Position += tokens;

    /// <summary>
    /// Forgets the positions from <paramref name="position"/> on, if the sliding layers still hold the window before it; if not, false,
    /// and nothing changed.
    /// </summary>
    public bool TryTruncate(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        if (Math.Max(0, position - _window + 1) < _oldest)
            return false;
        Position = position;
        return true;
    }

    /// <summary>Forgets all positions.</summary>
    public void Clear() => (Position, _oldest) = (0, 0);

    public void Dispose()
    {
        foreach (LayerKeyValues layer in _layers)
            layer.Dispose();
    }

    void Grow(int layer, int needed)
    {
        LayerKeyValues old = _layers[layer];
        int capacity = (int)Math.Min(ContextLength, Math.Max(needed, 2L * old.Capacity));
        LayerKeyValues grown = new(capacity, old.KvHeads, old.HeadDim);
        for (int head = 0; head < old.KvHeads; head++)
        {
            // No full layer ever wraps, so slots are positions and whole blocks of them can move.
            for (int slot = 0; slot < Position; slot += LayerKeyValues.BlockSlots)
                old.KeyBlock(head, slot).CopyTo(grown.KeyBlock(head, slot));
            for (int slot = 0; slot < Position; slot++)
                old.Value(head, slot).CopyTo(grown.Value(head, slot));
        }
        _layers[layer] = grown;
        old.Dispose();
    }
}
