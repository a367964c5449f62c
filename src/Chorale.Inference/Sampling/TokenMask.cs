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

    /// <summary>How many ids are allowed, counted no further than <paramref name="limit"/>.</summary>
    public static int CountUpTo(ReadOnlySpan<ulong> mask, int vocab, int limit)
    {
        if (mask.IsEmpty)
            return Math.Min(vocab, limit);
        int count = 0;
        for (int word = 0; word < Words(vocab) && count < limit; word++)
            count += BitOperations.PopCount(Word(mask, word, vocab));
        return Math.Min(count, limit);
    }

    /// <summary>Lists the allowed ids in rising order.</summary>
    /// <param name="mask">Not empty.</param>
    /// <param name="vocab">Bits from here on are ignored.</param>
    /// <param name="ids">Takes them; has room.</param>
    /// <returns>How many there are.</returns>
    public static int List(ReadOnlySpan<ulong> mask, int vocab, Span<int> ids)
    {
        int count = 0;
        for (int word = 0; word < Words(vocab); word++)
        {
            for (ulong left = Word(mask, word, vocab); left != 0; left &= left - 1)
                ids[count++] = (word * BitsOfWord) + BitOperations.TrailingZeroCount(left);
        }
        return count;
    }

    /// <summary>A word of the mask without the bits past the vocabulary.</summary>
    static ulong Word(ReadOnlySpan<ulong> mask, int word, int vocab)
    {
        int bits = vocab - (word * BitsOfWord);
        return bits >= BitsOfWord ? mask[word] : mask[word] & ((1UL << bits) - 1);
    }
}
