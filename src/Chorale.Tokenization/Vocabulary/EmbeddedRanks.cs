using System.Runtime.CompilerServices;
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
    // Runs once a process, so it cannot wait for the tiers of the JIT.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static BytePairVocabulary Read(ReadOnlySpan<byte> source, Dictionary<string, int> specials)
    {
        int position = MergeTree.FirstMerged;
        int count = MergeTree.FirstMerged + Leb128.Read(source, ref position);
        MergeTree merges = new(count);
        int[] starts = new int[Math.Max(count, specials.Count == 0 ? 0 : specials.Values.Max() + 1) + 1];
        for (int token = 0; token < MergeTree.FirstMerged; token++)
            starts[token + 1] = token + 1;
        for (int token = MergeTree.FirstMerged; token < count; token++)
        {
            int left = Leb128.Read(source, ref position);
            int right = Leb128.Read(source, ref position);
            merges.Add(left, right);
            starts[token + 1] = starts[token] + (starts[left + 1] - starts[left]) + (starts[right + 1] - starts[right]);
        }
        foreach ((string name, int id) in specials)
            starts[id + 1] = Encoding.UTF8.GetByteCount(name);
        for (int id = count; id < starts.Length - 1; id++)
            starts[id + 1] += starts[id];

        byte[] block = new byte[starts[^1] + TokenBytes.Padding];
        source[..MergeTree.FirstMerged].CopyTo(block);
        for (int token = MergeTree.FirstMerged; token < count; token++)
        {
            int left = merges.Left(token);
            int right = merges.Right(token);
            Span<byte> destination = block.AsSpan(starts[token]);
            block.AsSpan(starts[left], starts[left + 1] - starts[left]).CopyTo(destination);
            block.AsSpan(starts[right], starts[right + 1] - starts[right]).CopyTo(destination[(starts[left + 1] - starts[left])..]);
        }
        foreach ((string name, int id) in specials)
            Encoding.UTF8.GetBytes(name, block.AsSpan(starts[id]));
        return new BytePairVocabulary(new TokenBytes(block, starts), count, merges);
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
