using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Chorale.Tokenization;

/// <summary>The compact form in which the o200k ranks lie in this assembly.</summary>
/// <remarks>
/// The 256 single bytes in the order of their ranks, the number of merged tokens, then for each of them the ranks of the
/// two parts it is merged from; all numbers in LEB128. A token's bytes are its parts' bytes, so the merges are all there
/// is to store, and nothing has to be searched for when loading.
/// </remarks>
static class EmbeddedRanks
{
    public const string ResourceName = "Chorale.Tokenization.o200k_base.merges";

    /// <summary>Reads the form.</summary>
    /// <param name="source">The form.</param>
    /// <param name="specials">Names whose bytes are put behind the ranks, by id.</param>
    public static BytePairVocabulary Read(ReadOnlySpan<byte> source, Dictionary<string, int> specials)
    {
        int position = MergeTree.FirstMerged;
        int count = MergeTree.FirstMerged + Leb128.Read(source, ref position);
        int[] left = new int[count];
        int[] right = new int[count];
        ReadParts(source[position..], left, right);

        // The tables of pairs and the bytes of the tokens both follow from the parts alone.
        Task<MergeTree> merges = Task.Run(() => new MergeTree(left, right));
        TokenBytes tokens = JoinParts(source, left, right, specials);
        return new BytePairVocabulary(tokens, count, merges);
    }

    // These run once a process, so they cannot wait for the tiers of the JIT.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ReadParts(ReadOnlySpan<byte> source, int[] left, int[] right)
    {
        int position = 0;
        for (int token = MergeTree.FirstMerged; token < left.Length; token++)
        {
            left[token] = Leb128.Read(source, ref position);
            right[token] = Leb128.Read(source, ref position);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static TokenBytes JoinParts(ReadOnlySpan<byte> source, int[] left, int[] right, Dictionary<string, int> specials)
    {
        int count = left.Length;
        int[] starts = new int[Math.Max(count, specials.Count == 0 ? 0 : specials.Values.Max() + 1) + 1];
        for (int token = 0; token < MergeTree.FirstMerged; token++)
            starts[token + 1] = token + 1;
        for (int token = MergeTree.FirstMerged; token < count; token++)
            starts[token + 1] = starts[token] + LengthOf(left[token]) + LengthOf(right[token]);
        foreach ((string name, int id) in specials)
            starts[id + 1] = Encoding.UTF8.GetByteCount(name);
        for (int id = count; id < starts.Length - 1; id++)
            starts[id + 1] += starts[id];

        byte[] block = new byte[starts[^1] + TokenBytes.Padding];
        source[..MergeTree.FirstMerged].CopyTo(block);
        for (int token = MergeTree.FirstMerged; token < count; token++)
        {
            int start = starts[token];
            int leftLength = LengthOf(left[token]);
            CopyPart(block, starts[left[token]], leftLength, start);
            CopyPart(block, starts[right[token]], starts[token + 1] - start - leftLength, start + leftLength);
        }
        foreach ((string name, int id) in specials)
            Encoding.UTF8.GetBytes(name, block.AsSpan(starts[id]));
        return new TokenBytes(block, starts);

        int LengthOf(int token) => starts[token + 1] - starts[token];
    }

    /// <summary>Copies a part of a token: sixteen bytes where that is enough, since what is too much the next token overwrites.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyPart(byte[] block, int source, int length, int destination)
    {
        if (length <= TokenBytes.Padding)
            Vector128.Create(block.AsSpan(source, TokenBytes.Padding)).CopyTo(block.AsSpan(destination, TokenBytes.Padding));
        else
            block.AsSpan(source, length).CopyTo(block.AsSpan(destination));
    }

    /// <summary>Writes the form; the tests rebuild the resource with it from a <c>.tiktoken</c> file.</summary>
    public static void Write(BytePairVocabulary vocabulary, Stream destination)
    {
        MergeTree merges = vocabulary.Merges;
        for (int token = 0; token < MergeTree.FirstMerged; token++)
            destination.WriteByte(vocabulary.Tokens[token][0]);
        Leb128.Write(destination, merges.Count - MergeTree.FirstMerged);
        for (int token = MergeTree.FirstMerged; token < merges.Count; token++)
        {
            Leb128.Write(destination, merges.Left(token));
            Leb128.Write(destination, merges.Right(token));
        }
    }
}
