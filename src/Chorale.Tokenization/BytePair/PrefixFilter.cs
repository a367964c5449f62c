using System.Numerics;

namespace Chorale.Tokenization;

/// <summary>A bit set over hashes that knows which strings begin some token: never says no wrongly, seldom yes.</summary>
/// <remarks>
/// It stands in for the trie of a longest-match automaton at a twentieth of its memory. What it lets through is looked
/// up exactly afterwards, so a wrong yes costs a little time and nothing else.
/// </remarks>
sealed class PrefixFilter
{
    /// <summary>The hash of the empty string.</summary>
    public const ulong Empty = 0xCBF29CE484222325UL;

    const int BitsPerToken = 16;
    readonly ulong[] _bits;
    readonly int _shift;

    public PrefixFilter(int tokenCount)
    {
        int bitCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, tokenCount * BitsPerToken));
        _bits = new ulong[bitCount / 64];
        _shift = 64 - BitOperations.Log2((uint)bitCount);
    }

    /// <summary>The hash of a string with one more byte.</summary>
    public static ulong Append(ulong hash, byte next) => (hash ^ next) * 0x9FB21C651E98DF25UL;

    public void Add(ulong hash)
    {
        int bit = Bit(hash);
        _bits[bit >> 6] |= 1UL << bit;
    }

    /// <summary>How long a token can be at most that starts at <paramref name="start"/>.</summary>
    public int LongestPrefix(ReadOnlySpan<byte> text, int start)
    {
        ulong hash = Empty;
        for (int position = start; position < text.Length; position++)
        {
            hash = Append(hash, text[position]);
            int bit = Bit(hash);
            if ((_bits[bit >> 6] >> bit & 1) == 0)
                return position - start;
        }
        return text.Length - start;
    }

    int Bit(ulong hash) => (int)(hash >> _shift);
}
