using System.Buffers;

namespace Chorale.Training;

/// <summary>Collects ids; kept and cleared from conversation to conversation.</summary>
sealed class IdBuffer : IBufferWriter<int>
{
    int[] _ids = new int[4096];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Written => _ids.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Advance(int count) => Count += count;

    public Memory<int> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _ids.AsMemory(Count);
    }

    public Span<int> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _ids.AsSpan(Count);
    }

    void MakeRoom(int sizeHint)
    {
        int needed = checked(Count + Math.Max(sizeHint, 1));
        if (needed > _ids.Length)
            Array.Resize(ref _ids, Math.Max(needed, (int)Math.Min(2L * _ids.Length, Array.MaxLength)));
    }
}
