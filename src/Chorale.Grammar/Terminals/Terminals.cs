namespace Chorale.Grammar;

/// <summary>What the kinds of terminals share.</summary>
static class Terminals
{
    /// <summary>How many tokens bytes are, as few as can be. Where the vocabulary lacks a byte they can't be written, and cost more than any budget.</summary>
    public static int CostOf(ReadOnlySpan<byte> bytes, TokenTrie trie) => trie.Cut(bytes, null) is >= 0 and int count ? count : Costs.Impossible;
}
