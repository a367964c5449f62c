using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The weights of one expert.</summary>
sealed class ExpertWeights
{
    public required WeightMatrix Gate { get; init; }       // [intermediate, hidden]

    public required float[] GateBias { get; init; }

    public required WeightMatrix Up { get; init; }         // [intermediate, hidden]

    public required float[] UpBias { get; init; }

    public required WeightMatrix Down { get; init; }       // [hidden, intermediate]

    public required float[] DownBias { get; init; }
}
