using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>Knows which strings begin some token and which are one: never says no wrongly, seldom yes.</summary>
/// <remarks>
/// Two bits at a place that a hash of the string gives. It stands in for the trie of a longest-match automaton at a
/// twentieth of its memory; what it lets through is looked up exactly afterwards, so a wrong yes costs a little time and
/// nothing else.
/// </remarks>
sealed class PrefixFilter
{
    /// <summary>The hash of the empty string.</summary>
    public const ulong Empty = 0xCBF29CE484222325UL;

    const int PlacesPerToken = 8;
    const int IsPrefix = 1;
    const int IsToken = 2;
    readonly byte[] _places;
    readonly int _shift;

    public PrefixFilter(int tokenCount)
    {
        int placeCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, tokenCount * PlacesPerToken));
        _places = new byte[placeCount / 4];
        _shift = 64 - BitOperations.Log2((uint)placeCount);
    }

    /// <summary>The hash of a string with one more byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Append(ulong hash, byte next) => (hash ^ next) * 0x9FB21C651E98DF25UL;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddPrefix(ulong hash)
    {
        int place = (int)(hash >> _shift);
        _places[place >> 2] |= (byte)(IsPrefix << (2 * (place & 3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddToken(ulong hash)
    {
        int place = (int)(hash >> _shift);
        _places[place >> 2] |= (byte)((IsPrefix | IsToken) << (2 * (place & 3)));
    }

    /// <summary>The lengths that a token at the start of <paramref name="text"/> can have, in rising order.</summary>
    /// <param name="text">What follows; tokens end within it.</param>
    /// <param name="lengths">Takes the lengths, at least as many as the longest token has bytes.</param>
    /// <returns>How many there are.</returns>
    public int FindLengths(ReadOnlySpan<byte> text, Span<ushort> lengths)
    {
        byte[] places = _places;
        ulong hash = Empty;
        int count = 0;
        for (int i = 0; i < text.Length && count < lengths.Length; i++)
        {
            hash = Append(hash, text[i]);
            int place = (int)(hash >> _shift);
            int bits = places[place >> 2] >> (2 * (place & 3));
            if ((bits & IsPrefix) == 0)
                break;
            lengths[count] = (ushort)(i + 1);
            count += (bits & IsToken) >> 1;
        }
        return count;
    }
}
