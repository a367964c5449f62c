namespace Chorale.Tokenization;

/// <summary>Sizes beyond which a file is refused before anything is allocated for it.</summary>
static class VocabularyLimits
{
    /// <summary>The highest id: token numbers are packed in <see cref="PairTable.TokenBits"/> bits.</summary>
    public const int MaxId = (1 << PairTable.TokenBits) - 2;

    /// <summary>The most bytes of an ordinary token; the longest of o200k has 128.</summary>
    public const int MaxTokenBytes = 1024;
}
