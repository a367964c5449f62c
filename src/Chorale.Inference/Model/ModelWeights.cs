using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The weights of a model: matrices in place in the mapped file, vectors as copies.</summary>
sealed class ModelWeights
{
    public required WeightMatrix Embedding { get; init; }      // [vocab, hidden]

    public required LayerWeights[] Layers { get; init; }

    public required float[] FinalNorm { get; init; }           // [hidden]

    public required WeightMatrix Unembedding { get; init; }    // [vocab, hidden]
}
