namespace Chorale.Kernels;

/// <summary>The keys and values of some neighbouring positions of a layer; sequences that begin alike share it and none of them writes to it then.</summary>
sealed unsafe class KeyValuePage(long byteCount) : IDisposable
{
    readonly NativeBuffer<byte> _memory = new(byteCount);
    int _holders = 1;

    public byte* Pointer => _memory.Pointer;

    /// <summary>How many sequences hold it.</summary>
    public int Holders => Volatile.Read(ref _holders);

    /// <summary>Holds it once more.</summary>
    public KeyValuePage Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Lets go of it; the last one frees it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            _memory.Dispose();
    }

    /// <summary>A page of its own with the same content; this one is let go of.</summary>
    public KeyValuePage Own()
    {
        KeyValuePage copy = new(_memory.Length);
        Buffer.MemoryCopy(Pointer, copy.Pointer, _memory.Length, _memory.Length);
        Dispose();
        return copy;
    }
}
