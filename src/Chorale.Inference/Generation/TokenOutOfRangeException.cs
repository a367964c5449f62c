namespace Chorale.Inference;

/// <summary>An id that the model has no row for.</summary>
public sealed class TokenOutOfRangeException(int id, int index, int vocabularySize)
    : ArgumentException($"Id {unchecked((uint)id)} at index {index} is outside the vocabulary of {vocabularySize} ids (0 to {vocabularySize - 1}).")
{
    /// <summary>The id; an unsigned 32-bit id above <see cref="int.MaxValue"/> shows as a negative number.</summary>
    public int Id { get; } = id;

    /// <summary>Where in the given ids it stands.</summary>
    public int Index { get; } = index;

    /// <summary>How many ids the model knows.</summary>
    public int VocabularySize { get; } = vocabularySize;
}
