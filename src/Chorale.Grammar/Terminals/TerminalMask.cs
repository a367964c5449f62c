namespace Chorale.Grammar;

/// <summary>What a state of a terminal says of all tokens, whatever comes after the terminal. Immutable.</summary>
/// <param name="inside">A word without meaning, then a bit for each token all of whose bytes the terminal takes.</param>
/// <param name="crossings">
/// Nodes of <paramref name="trie"/>, rising, where the terminal may end while tokens go on: what is below them is for what comes after. Null where there are too many to list.
/// </param>
/// <param name="trie">Which holds those tokens.</param>
sealed class TerminalMask(ulong[] inside, int[]? crossings, TokenTrie trie)
{
    /// <summary>The logarithm of the bits of a word; <see cref="TrieNode.NoToken"/> is then in the word before the first.</summary>
    public const int BitsOfWordLog2 = 6;

    /// <summary>More places than this are quicker gone through with the whole vocabulary.</summary>
    public const int MostCrossings = 4096;

    public ReadOnlySpan<ulong> Inside => inside.AsSpan(1);

    public bool HasCrossings => crossings is not null;

    public ReadOnlySpan<int> Crossings => crossings;

    public TokenTrie Trie => trie;
}
