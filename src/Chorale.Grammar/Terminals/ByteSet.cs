using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>A set of bytes: 256 bits.</summary>
[InlineArray(Words)]
struct ByteSet
{
    const int Words = 4, BitsOfWord = 64;

    ulong _word;

    public readonly int Count => BitOperations.PopCount(this[0]) + BitOperations.PopCount(this[1]) + BitOperations.PopCount(this[2]) + BitOperations.PopCount(this[3]);

    public readonly bool IsEmpty => (this[0] | this[1] | this[2] | this[3]) == 0;

    public readonly bool Contains(byte value) => (this[value / BitsOfWord] >> (value % BitsOfWord) & 1) != 0;

    public void Add(byte value) => this[value / BitsOfWord] |= 1UL << (value % BitsOfWord);

    public void Remove(byte value) => this[value / BitsOfWord] &= ~(1UL << (value % BitsOfWord));

    public void UnionWith(ByteSet other)
    {
        for (int i = 0; i < Words; i++)
            this[i] |= other[i];
    }

    /// <summary>How many smaller bytes are in it.</summary>
    public readonly int Rank(byte value)
    {
        int word = value / BitsOfWord;
        int rank = BitOperations.PopCount(this[word] & ((1UL << (value % BitsOfWord)) - 1));
        if (word > 0)
            rank += BitOperations.PopCount(this[0]);
        if (word > 1)
            rank += BitOperations.PopCount(this[1]);
        if (word > 2)
            rank += BitOperations.PopCount(this[2]);
        return rank;
    }

    /// <summary>The smallest byte in it; -1 where it is empty.</summary>
    public readonly int First()
    {
        for (int i = 0; i < Words; i++)
        {
            if (this[i] != 0)
                return (i * BitsOfWord) + BitOperations.TrailingZeroCount(this[i]);
        }
        return -1;
    }

    /// <summary>The smallest byte above another; -1 where there is none.</summary>
    public readonly int After(int value)
    {
        for (int next = value + 1; next < Words * BitsOfWord;)
        {
            ulong left = this[next / BitsOfWord] >> (next % BitsOfWord);
            if (left != 0)
                return next + BitOperations.TrailingZeroCount(left);
            next = ((next / BitsOfWord) + 1) * BitsOfWord;
        }
        return -1;
    }
}
