using System.Numerics;

namespace Chorale.Inference;

/// <summary>One bit an id: id <c>i</c> is bit <c>i % 64</c> of word <c>i / 64</c>. An empty mask allows all.</summary>
static class TokenMask
{
    const int BitsOfWord = 64;

    public static int Words(int vocab) => (vocab + BitsOfWord - 1) / BitsOfWord;

    public static bool Allows(ReadOnlySpan<ulong> mask, int id) =>
        mask.IsEmpty || (mask[id / BitsOfWord] >> (id % BitsOfWord) & 1) != 0;

    /// <summary>The lowest id that is allowed, or -1.</summary>
    public static int FirstAllowed(ReadOnlySpan<ulong> mask, int vocab)
    {
        if (mask.IsEmpty)
            return 0;
        int word = mask[..Words(vocab)].IndexOfAnyExcept(0UL);
        if (word < 0)
            return -1;
        int id = (word * BitsOfWord) + BitOperations.TrailingZeroCount(mask[word]);
        return id < vocab ? id : -1;
    }
}
