using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The weights of one layer's attention.</summary>
sealed class AttentionWeights
{
    public required float[] Norm { get; init; }            // [hidden]

    public required WeightMatrix Query { get; init; }      // [heads * headDim, hidden]

    public required float[] QueryBias { get; init; }

    public required WeightMatrix Key { get; init; }        // [kvHeads * headDim, hidden]

    public required float[] KeyBias { get; init; }

    public required WeightMatrix Value { get; init; }      // [kvHeads * headDim, hidden]

    public required float[] ValueBias { get; init; }

    public required float[] Sinks { get; init; }           // [heads]

    public required WeightMatrix Output { get; init; }     // [hidden, heads * headDim]

    public required float[] OutputBias { get; init; }
}
