using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The weights of one layer's router and experts.</summary>
sealed class MixtureWeights
{
    public required float[] Norm { get; init; }            // [hidden]

    public required WeightMatrix Router { get; init; }     // [experts, hidden]

    public required float[] RouterBias { get; init; }

    public required ExpertWeights[] Experts { get; init; }
}
