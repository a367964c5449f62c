using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>All that byte-pair merging needs to know, with the tokens numbered by time as in <see cref="MergeTree"/>.</summary>
/// <remarks>Tokens that no merge makes stand behind the others; they match whole pieces only. Immutable, and shared by threads.</remarks>
sealed class BytePairVocabulary
{
    readonly byte[] _tokenOfByte = new byte[256];

    /// <summary>Builds the tables.</summary>
    /// <param name="tokens">The bytes of all tokens, numbered by time; others may follow.</param>
    /// <param name="count">How many tokens match pieces.</param>
    /// <param name="merges">How they come about.</param>
    public BytePairVocabulary(TokenBytes tokens, int count, MergeTree merges)
        : this(tokens, count, Task.FromResult(merges))
    {
    }

    /// <summary>The same while the merges are still being made: the largest table needs none of them and does not wait.</summary>
    public BytePairVocabulary(TokenBytes tokens, int count, Task<MergeTree> merges)
    {
        Tokens = tokens;
        Pieces = new PieceTable(tokens, count);
        Task<PrefixFilter> prefixes = merges.ContinueWith(made => FillPrefixes(made.GetAwaiter().GetResult()), TaskScheduler.Default);
        Pieces.AddAll(count);
        Merges = merges.GetAwaiter().GetResult();
        Prefixes = prefixes.GetAwaiter().GetResult();
    }

    // Runs once a process, so it cannot wait for the tiers of the JIT: five times quicker on the first call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    PrefixFilter FillPrefixes(MergeTree merges)
    {
        PrefixFilter prefixes = new(merges.Count);
        ReadOnlySpan<byte> block = Tokens.Block;
        ReadOnlySpan<int> starts = Tokens.Starts;
        ulong[] hashes = new ulong[merges.Count];
        for (int token = 0; token < hashes.Length; token++)
        {
            int position = starts[token];
            int end = starts[token + 1];
            ulong hash = PrefixFilter.Empty;
            if (token < MergeTree.FirstMerged)
            {
                _tokenOfByte[block[position]] = (byte)token;
            }
            else
            {
                int left = merges.Left(token);   // its prefixes are in already
                hash = hashes[left];
                position += starts[left + 1] - starts[left];
            }
            while (position < end)
            {
                hash = PrefixFilter.Append(hash, block[position++]);
                prefixes.AddPrefix(hash);
            }
            prefixes.AddToken(hash);
            hashes[token] = hash;
            MaxMergedLength = Math.Max(MaxMergedLength, end - starts[token]);
        }
        return prefixes;
    }

    public TokenBytes Tokens { get; }

    public MergeTree Merges { get; }

    public PieceTable Pieces { get; }

    /// <summary>The tokens that merges make, and all that they begin with.</summary>
    public PrefixFilter Prefixes { get; }

    /// <summary>How many bytes the longest token has that merges make.</summary>
    public int MaxMergedLength { get; private set; }

    public int TokenOfByte(byte value) => _tokenOfByte[value];
}
