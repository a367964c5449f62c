namespace Chorale.Cli;

/// <summary>What <c>bench MODEL</c> found; its JSON form is this, in snake case.</summary>
sealed record ModelBenchReport
{
    public required string Model { get; init; }

    public required string Path { get; init; }

    public required int Layers { get; init; }

    public required int Experts { get; init; }

    /// <summary>Bytes of all tensors.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Bytes of weights that one token needs.</summary>
    public required long BytesPerToken { get; init; }

    public required TokenCost BytesPerTokenOf { get; init; }

    /// <summary><c>exact</c> or <c>fast</c>.</summary>
    public required string Precision { get; init; }

    /// <summary><c>map</c> or <c>repack</c>.</summary>
    public required string Loading { get; init; }

    public required string Processor { get; init; }

    public required int Processors { get; init; }

    public required string Runtime { get; init; }

    public required int Rounds { get; init; }

    public required int Warmup { get; init; }

    /// <summary>One for each number of threads.</summary>
    public required IReadOnlyList<ModelBenchRun> Runs { get; init; }
}
