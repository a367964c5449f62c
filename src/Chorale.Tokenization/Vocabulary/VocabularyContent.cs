namespace Chorale.Tokenization;

/// <summary>What a file with tokens and merges holds, before it is known how they fit together.</summary>
sealed record VocabularyContent
{
    /// <summary>The bytes of ordinary tokens by id; null for all other ids.</summary>
    public required IReadOnlyList<byte[]?> Tokens { get; init; }

    /// <summary>Pairs in the byte-level spelling with a space between, the first merges first.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    public required Dictionary<string, int> Specials { get; init; }

    public required Dictionary<string, int> UserDefined { get; init; }

    /// <summary>Whether a piece that is a token stays whole even where merging would not make it.</summary>
    public required bool WholePiecesMatch { get; init; }

    /// <summary>What the file calls its tokens, for messages.</summary>
    public required string TokensName { get; init; }

    /// <summary>What the file calls its merges, for messages.</summary>
    public required string MergesName { get; init; }
}
