namespace Chorale.Inference;

/// <summary>How YaRN stretches the rotary embedding past the length that it was first trained for.</summary>
/// <remarks>Source: Peng et al. 2023, "YaRN: Efficient Context Window Extension of Large Language Models"; the names are those of config.json.</remarks>
public sealed record RopeScaling
{
    /// <summary>How many times longer the context became; 1 stretches nothing.</summary>
    public required float Factor { get; init; }

    /// <summary>The length before, in ids.</summary>
    public required int OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>Pairs that turn more often than this over the original length keep their frequency.</summary>
    public float BetaFast { get; init; } = 32;

    /// <summary>Pairs that turn less often than this over the original length are slowed by <see cref="Factor"/>.</summary>
    public float BetaSlow { get; init; } = 1;

    /// <summary>The share of their own frequency that the fast pairs keep; 0 slows all pairs alike.</summary>
    public float ExtrapolationFactor { get; init; } = 1;

    /// <summary>Multiplies the scale of the rotated queries and keys.</summary>
    public float AttentionFactor { get; init; } = 1;

    /// <summary>
    /// Whether the two limits between slowed and kept pairs are rounded outwards to whole pairs. OpenAI's reference does not
    /// round, and nor do its checkpoints ask for it; llama.cpp always does.
    /// </summary>
    public bool Truncate { get; init; }
}
