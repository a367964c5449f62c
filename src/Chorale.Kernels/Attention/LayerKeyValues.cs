namespace Chorale.Kernels;

/// <summary>The keys and values of one layer in a ring: position p lies in slot p % capacity and overwrites what lay there.</summary>
/// <remarks>
/// Keys lie in blocks of 32 slots, transposed, as [kvHeads, capacity / 32, headDim, 32]: one vector then holds a dimension of neighbouring
/// keys, and scores come out side by side without sums across lanes. Values lie as [kvHeads, capacity, headDim].
/// Different positions may be stored by different threads at a time, and read by any number of them afterwards.
/// </remarks>
sealed unsafe class LayerKeyValues : IDisposable
{
    /// <summary>Slots in a block of keys.</summary>
    internal const int BlockSlots = 32;

    readonly NativeBuffer<float> _keys;
    readonly NativeBuffer<float> _values;

    /// <param name="capacity">Positions to hold at a time; rounded up to a multiple of 32.</param>
    /// <param name="kvHeads">Key-value heads.</param>
    /// <param name="headDim">Numbers in one head.</param>
    public LayerKeyValues(int capacity, int kvHeads, int headDim)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kvHeads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headDim);
        Capacity = checked(capacity + BlockSlots - 1) / BlockSlots * BlockSlots;
        KvHeads = kvHeads;
        HeadDim = headDim;
        long length = checked((long)Capacity * kvHeads * headDim);
        _keys = new NativeBuffer<float>(length);
        _values = new NativeBuffer<float>(length);
    }

    /// <summary>Positions held at a time; the modulus of the ring.</summary>
    public int Capacity { get; }

    public int KvHeads { get; }

    public int HeadDim { get; }

    /// <summary>Puts one token's keys and values in its slot.</summary>
    /// <param name="position">Of the token, from 0.</param>
    /// <param name="keys">Already turned by the rotary embedding, shape [kvHeads, headDim].</param>
    /// <param name="values">Shape [kvHeads, headDim].</param>
    public void Store(int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (keys.Length != KvHeads * HeadDim || values.Length != keys.Length)
            throw new ArgumentException($"{keys.Length} keys and {values.Length} values are not {KvHeads} heads of {HeadDim}.");
        ObjectDisposedException.ThrowIf(_keys.Pointer is null, this);
        int slot = position % Capacity;
        for (int head = 0; head < KvHeads; head++)
        {
            float* key = Keys(head) + slot / BlockSlots * BlockSlots * (long)HeadDim + slot % BlockSlots;
            for (int d = 0; d < HeadDim; d++)
                key[d * BlockSlots] = keys[head * HeadDim + d];
            values.Slice(head * HeadDim, HeadDim).CopyTo(new Span<float>(Values(head) + (long)slot * HeadDim, HeadDim));
        }
    }

    /// <summary>The block of keys that holds a slot, shape [headDim, 32], for moving a cache to a larger one.</summary>
    public Span<float> KeyBlock(int head, int slot) =>
        _keys.Slice(((long)head * Capacity + slot / BlockSlots * BlockSlots) * HeadDim, HeadDim * BlockSlots);

    /// <summary>The values of a slot, shape [headDim].</summary>
    public Span<float> Value(int head, int slot) => _values.Slice(((long)head * Capacity + slot) * HeadDim, HeadDim);

    /// <summary>The keys of a head, shape [capacity / 32, headDim, 32]; unchecked.</summary>
    internal float* Keys(int head) => _keys.Pointer + (long)head * Capacity * HeadDim;

    /// <summary>The values of a head, shape [capacity, headDim]; unchecked.</summary>
    internal float* Values(int head) => _values.Pointer + (long)head * Capacity * HeadDim;

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }
}
