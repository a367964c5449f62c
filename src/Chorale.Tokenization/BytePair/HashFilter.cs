using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>A bit set over hashes in front of a table: says no to most of what is not in the table, never to what is.</summary>
/// <remarks>It is small enough to stay in the second-level cache where the table is not; most look-ups end here.</remarks>
sealed class HashFilter
{
    const int BitsPerEntry = 16;
    readonly ulong[] _bits;
    readonly int _shift;

    public HashFilter(int capacity)
    {
        int bitCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, capacity * BitsPerEntry));
        _bits = new ulong[bitCount / 64];
        _shift = 64 - BitOperations.Log2((uint)bitCount);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="hash">Well mixed in its upper bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong hash)
    {
        int bit = (int)(hash >> _shift);
        _bits[bit >> 6] |= 1UL << bit;
    }

    /// <summary>False where no such entry was added.</summary>
    /// <param name="hash">Well mixed in its upper bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayContain(ulong hash)
    {
        int bit = (int)(hash >> _shift);
        return (_bits[bit >> 6] >> bit & 1) != 0;
    }
}
