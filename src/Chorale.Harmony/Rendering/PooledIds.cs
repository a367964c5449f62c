using System.Buffers;

namespace Chorale.Harmony;

/// <summary>Collects ids in memory from the pool, which goes back when this is disposed.</summary>
sealed class PooledIds : IBufferWriter<int>, IDisposable
{
    const int FirstCapacity = 1024;

    int[] _ids = ArrayPool<int>.Shared.Rent(FirstCapacity);
    int _count;

    /// <summary>What was written, valid until the next write.</summary>
    public ReadOnlySpan<int> Written => _ids.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Advance(int count) => _count += count;

    public Memory<int> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _ids.AsMemory(_count);
    }

    public Span<int> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _ids.AsSpan(_count);
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_ids);
        _ids = [];
    }

    void MakeRoom(int sizeHint)
    {
        int needed = checked(_count + Math.Max(sizeHint, 1));
        if (needed <= _ids.Length)
            return;
        int[] larger = ArrayPool<int>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _ids.Length, Array.MaxLength)));
        Written.CopyTo(larger);
        ArrayPool<int>.Shared.Return(_ids);
        _ids = larger;
    }
}
