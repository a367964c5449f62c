namespace Chorale.Inference;

/// <summary>The weights of one expert as a checkpoint holds them.</summary>
sealed class CheckpointExpert
{
    public required MatrixSource Gate { get; init; }           // [intermediate, hidden]

    public required float[] GateBias { get; init; }

    public required MatrixSource Up { get; init; }             // [intermediate, hidden]

    public required float[] UpBias { get; init; }

    public required MatrixSource Down { get; init; }           // [hidden, intermediate]

    public required float[] DownBias { get; init; }
}
