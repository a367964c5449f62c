namespace Chorale.Inference;

/// <summary>One generated id.</summary>
/// <param name="Id">The id, in 0 to the vocabulary's size.</param>
public readonly record struct GeneratedToken(int Id)
{
    readonly IReadOnlyList<TokenLogProbability>? _topLogProbabilities;

    /// <summary>Why the answer ends here; null on all ids but the last.</summary>
    public FinishReason? Finish { get; init; }

    /// <summary>
    /// The natural logarithm of the probability that the model gave this id, before temperature, filters and constraint;
    /// null where none were asked for.
    /// </summary>
    public float? LogProbability { get; init; }

    /// <summary>The most likely ids at this place, best first, as many as were asked for.</summary>
    public IReadOnlyList<TokenLogProbability> TopLogProbabilities
    {
        get => _topLogProbabilities ?? [];
        init => _topLogProbabilities = value;
    }

    /// <summary>How many ids of the prompt were still in the cache and not computed again; the same on each id.</summary>
    public int CachedPromptTokens { get; init; }
}
