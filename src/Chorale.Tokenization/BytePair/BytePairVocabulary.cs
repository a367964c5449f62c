namespace Chorale.Tokenization;

/// <summary>All that byte-pair merging needs to know, with the tokens numbered by time as in <see cref="MergeTree"/>.</summary>
/// <remarks>Tokens that no merge makes stand behind the others; they match whole pieces only. Immutable, and shared by threads.</remarks>
sealed class BytePairVocabulary
{
    readonly byte[] _tokenOfByte = new byte[256];

    /// <summary>Builds the tables.</summary>
    /// <param name="tokens">The bytes of all tokens, numbered by time.</param>
    /// <param name="merges">How they come about.</param>
    public BytePairVocabulary(TokenBytes tokens, MergeTree merges)
    {
        Tokens = tokens;
        Merges = merges;
        Pieces = new PieceTable(tokens, tokens.Count);
        Prefixes = new PrefixFilter(merges.Count);

        ulong[] hashes = new ulong[merges.Count];
        for (int token = 0; token < MergeTree.FirstMerged; token++)
        {
            byte value = tokens[token][0];
            _tokenOfByte[value] = (byte)token;
            hashes[token] = PrefixFilter.Append(PrefixFilter.Empty, value);
            Prefixes.Add(hashes[token]);
        }
        for (int token = MergeTree.FirstMerged; token < merges.Count; token++)
        {
            ulong hash = hashes[merges.Left(token)];   // the prefixes of the left part are in already
            foreach (byte value in tokens[merges.Right(token)])
            {
                hash = PrefixFilter.Append(hash, value);
                Prefixes.Add(hash);
            }
            hashes[token] = hash;
        }
        for (int token = 0; token < tokens.Count; token++)
            Pieces.Add(token);
    }

    public TokenBytes Tokens { get; }

    public MergeTree Merges { get; }

    public PieceTable Pieces { get; }

    /// <summary>The prefixes of all tokens that merges make.</summary>
    public PrefixFilter Prefixes { get; }

    public int TokenOfByte(byte value) => _tokenOfByte[value];
}
