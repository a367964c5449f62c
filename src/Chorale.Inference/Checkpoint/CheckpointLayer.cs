namespace Chorale.Inference;

/// <summary>The weights of one layer as a checkpoint holds them.</summary>
sealed class CheckpointLayer
{
    public required float[] AttentionNorm { get; init; }       // [hidden]

    public required MatrixSource Query { get; init; }          // [heads * headDim, hidden]

    public required float[] QueryBias { get; init; }

    public required MatrixSource Key { get; init; }            // [kvHeads * headDim, hidden]

    public required float[] KeyBias { get; init; }

    public required MatrixSource Value { get; init; }          // [kvHeads * headDim, hidden]

    public required float[] ValueBias { get; init; }

    public required float[] Sinks { get; init; }               // [heads]

    public required MatrixSource Output { get; init; }         // [hidden, heads * headDim]

    public required float[] OutputBias { get; init; }

    public required float[] MixtureNorm { get; init; }         // [hidden]

    public required MatrixSource Router { get; init; }         // [experts, hidden]

    public required float[] RouterBias { get; init; }

    public required CheckpointExpert[] Experts { get; init; }
}
