namespace Chorale.Inference;

/// <summary>The weights of a model as a checkpoint holds them: matrices where they lie, vectors as copies.</summary>
sealed class CheckpointWeights
{
    public required MatrixSource Embedding { get; init; }      // [vocab, hidden]

    public required CheckpointLayer[] Layers { get; init; }

    public required float[] FinalNorm { get; init; }           // [hidden]

    public required MatrixSource Unembedding { get; init; }    // [vocab, hidden]
}
