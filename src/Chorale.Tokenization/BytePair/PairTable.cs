using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>Which two tokens merge to which: one flat table with open addressing, eight bytes an entry.</summary>
/// <remarks>Immutable once filled, and then shared by threads.</remarks>
sealed class PairTable
{
    /// <summary>What <see cref="Find"/> gives for a pair that never merges: later than every merge.</summary>
    public const int Never = int.MaxValue;

    /// <summary>A token number has to fit so many bits, since an entry packs three of them.</summary>
    public const int TokenBits = 21;

    const ulong MergedMask = (1UL << TokenBits) - 1;
    readonly ulong[] _entries;
    readonly int _shift;
    readonly HashFilter _filter;

    /// <summary>Starts empty, at its final size.</summary>
    /// <param name="capacity">How many pairs will be added at most.</param>
    public PairTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity + (capacity / 4)));
        _entries = new ulong[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        _filter = new HashFilter(capacity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int left, int right, int merged)
    {
        ulong pair = Pack(left, right);
        ulong hash = Hash(left, right);
        _filter.Add(hash);
        int slot = (int)(hash >> _shift);
        while (_entries[slot] != 0)
            slot = (slot + 1) & (_entries.Length - 1);
        _entries[slot] = pair | (uint)merged;
    }

    /// <summary>The token that the two merge to, which is also the time of that merge, or <see cref="Never"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right)
    {
        ulong pair = Pack(left, right);
        ulong hash = Hash(left, right);
        if (!_filter.MayContain(hash))
            return Never;
        ulong[] entries = _entries;
        int slot = (int)(hash >> _shift);
        while (true)
        {
            ulong entry = entries[slot];
            if (entry == 0)
                return Never;
            if ((entry & ~MergedMask) == pair)
                return (int)(entry & MergedMask);
            slot = (slot + 1) & (entries.Length - 1);
        }
    }

    static ulong Pack(int left, int right) => ((ulong)(uint)left << (2 * TokenBits)) | ((ulong)(uint)right << TokenBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Hash(int left, int right) => ((uint)left * 0x9E3779B97F4A7C15UL) ^ ((uint)right * 0xC2B2AE3D27D4EB4FUL);
}
