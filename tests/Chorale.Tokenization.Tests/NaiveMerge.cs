namespace Chorale.Tokenization.Tests;

/// <summary>Byte-pair merging as its definition says, on byte strings and ranks: the reference for all other forms.</summary>
sealed class NaiveMerge
{
    readonly Dictionary<string, int> _rankOfBytes = new(StringComparer.Ordinal);

    /// <summary>Takes the ranks.</summary>
    /// <param name="tokens">The bytes of each token, its place being its rank.</param>
    public NaiveMerge(IEnumerable<byte[]> tokens)
    {
        foreach (byte[] token in tokens)
            _rankOfBytes.Add(Key(token), _rankOfBytes.Count);
    }

    public static NaiveMerge Of(BytePairVocabulary vocabulary) =>
        new(Enumerable.Range(0, vocabulary.Merges.Count).Select(token => vocabulary.Tokens[token].ToArray()));

    public int[] Merge(ReadOnlySpan<byte> piece)
    {
        List<string> parts = [.. Key(piece).Select(c => c.ToString())];
        while (true)
        {
            int best = int.MaxValue;
            int at = -1;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (_rankOfBytes.TryGetValue(parts[i] + parts[i + 1], out int rank) && rank < best)
                    (best, at) = (rank, i);
            }
            if (at < 0)
                return [.. parts.Select(part => _rankOfBytes[part])];
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }

    static string Key(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
