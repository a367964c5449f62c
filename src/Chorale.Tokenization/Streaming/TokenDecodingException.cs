namespace Chorale.Tokenization;

/// <summary>Ids do not decode: one is in no vocabulary, or their bytes are not UTF-8.</summary>
/// <remarks>The messages are those of the official Harmony implementation.</remarks>
public sealed class TokenDecodingException : Exception
{
    internal TokenDecodingException(string message, int index, int? unknownId)
        : base(message)
    {
        Index = index;
        UnknownId = unknownId;
    }

    /// <summary>Where it goes wrong: the place of the unknown id among the ids, or of the first bad byte among the bytes.</summary>
    public int Index { get; }

    /// <summary>The id that is not in the vocabulary; null where the bytes are at fault.</summary>
    public int? UnknownId { get; }
}
