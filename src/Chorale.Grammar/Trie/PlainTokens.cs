using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Chorale.Tokenization;

namespace Chorale.Grammar;

/// <summary>
/// The plain tokens of a vocabulary, whole characters none of which is special in a JSON string, by their number of characters. In free text and in
/// strings of free characters they are allowed or not by that number alone, so that only the others need a look. Immutable.
/// </summary>
sealed class PlainTokens
{
    // Longer ones are rare, and go by a list.
    const int MostCounted = 32;

    static readonly SearchValues<byte> NotPlain = SearchValues.Create([.. TokenTrie.NotPlain.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).Select(value => (byte)value)]);

    readonly ulong[][] _upTo = new ulong[MostCounted + 1][];    // [characters][words]
    readonly (int Characters, int Id)[] _longer;
    readonly ulong[] _all;

    PlainTokens(ulong[][] ofLength, List<(int Characters, int Id)> longer)
    {
        ulong[] mask = new ulong[ofLength[0].Length];
        for (int characters = 0; characters <= MostCounted; characters++)
        {
            for (int i = 0; i < mask.Length; i++)
                mask[i] |= ofLength[characters][i];
            _upTo[characters] = [.. mask];
            if (ofLength[characters].ContainsAnyExcept(0UL))
                MostCharacters = characters;
        }
        longer.Sort();
        _longer = [.. longer];
        foreach ((int characters, int id) in _longer)
        {
            Set(mask, id);
            MostCharacters = characters;
        }
        _all = mask;
    }

    /// <summary>The characters of the longest one.</summary>
    public int MostCharacters { get; }

    /// <summary>Tells plain tokens from others.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="words">Of a mask.</param>
    /// <param name="ids">The ids to tell apart.</param>
    /// <param name="others">Takes those that are not plain.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PlainTokens Among(Tokenizer tokenizer, int words, ReadOnlySpan<int> ids, List<int> others)
    {
        ulong[][] ofLength = [.. Enumerable.Range(0, MostCounted + 1).Select(_ => new ulong[words])];
        List<(int Characters, int Id)> longer = [];
        foreach (int id in ids)
        {
            tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);
            int characters = CountCharacters(bytes);
            if (characters == 0)
                others.Add(id);
            else if (characters <= MostCounted)
                Set(ofLength[characters], id);
            else
                longer.Add((characters, id));
        }
        return new(ofLength, longer);
    }

    /// <summary>Adds the plain tokens of a number of characters to a mask.</summary>
    /// <param name="least">At least so many, from 1.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="mask">The mask.</param>
    public void AddBetween(int least, int most, Span<ulong> mask)
    {
        if (least <= 1)
        {
            AddUpTo(most, mask);
            return;
        }
        ulong[] wanted = new ulong[_all.Length], shorter = new ulong[_all.Length];
        AddUpTo(most, wanted);
        AddUpTo(least - 1, shorter);
        for (int i = 0; i < wanted.Length; i++)
            mask[i] |= wanted[i] & ~shorter[i];
    }

    /// <summary>Adds the plain tokens of at most so many characters to a mask.</summary>
    public void AddUpTo(int characters, Span<ulong> mask)
    {
        ulong[] counted = characters >= MostCharacters ? _all : _upTo[Math.Min(characters, MostCounted)];
        for (int i = 0; i < counted.Length; i++)
            mask[i] |= counted[i];
        if (ReferenceEquals(counted, _all))
            return;
        foreach ((int length, int id) in _longer)
        {
            if (length > characters)
                break;
            Set(mask, id);
        }
    }

    /// <summary>0 where the bytes are not plain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int CountCharacters(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAny(NotPlain) || !Utf8.IsValid(bytes))
            return 0;
        int count = 0;
        foreach (byte value in bytes)
            count += (value & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    static void Set(Span<ulong> mask, int id) => mask[id / 64] |= 1UL << (id % 64);
}
