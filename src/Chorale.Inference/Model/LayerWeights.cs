namespace Chorale.Inference;

/// <summary>The weights of one layer.</summary>
sealed class LayerWeights
{
    public required AttentionWeights Attention { get; init; }

    public required MixtureWeights Mixture { get; init; }
}
