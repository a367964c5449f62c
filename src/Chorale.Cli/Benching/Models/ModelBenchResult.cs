namespace Chorale.Cli;

/// <summary>One thing measured.</summary>
sealed record ModelBenchResult
{
    /// <summary><c>prefill</c> or <c>decode</c>.</summary>
    public required string Test { get; init; }

    /// <summary>Ids that went through the model in each round.</summary>
    public required int Tokens { get; init; }

    /// <summary>Ids that the sequence held before.</summary>
    public required int Depth { get; init; }

    public required Spread TokensPerS { get; init; }

    /// <summary>Of memory, measured before each round; null for prompts, which computing limits.</summary>
    public Spread? BandwidthBytesPerS { get; init; }

    /// <summary>Weights read a second, as a share of the bandwidth measured just before.</summary>
    public Spread? BandwidthShare { get; init; }
}
