namespace Chorale.Cli;

/// <summary>One thing measured.</summary>
sealed record ModelBenchResult
{
    /// <summary>What to call it, as <c>decode 64 after 4096</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>prefill</c>, <c>decode</c>, or <c>answer</c> for what the generator makes.</summary>
    public required string Test { get; init; }

    /// <summary>Ids that went through the model in each round; of an answer, its own.</summary>
    public required int Tokens { get; init; }

    /// <summary>Ids that the sequence held before.</summary>
    public required int Depth { get; init; }

    /// <summary>Answers at the same time.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>The share of an answer's ids that a constraint forced, in percent.</summary>
    public int ForcedPercent { get; init; }

    /// <summary>How many ids were guessed ahead.</summary>
    public int Draft { get; init; }

    /// <summary>Of all sequences together.</summary>
    public required Spread TokensPerS { get; init; }

    /// <summary>Of memory, measured before each round; null for prompts, which computing limits.</summary>
    public Spread? BandwidthBytesPerS { get; init; }

    /// <summary>Weights read a second, as a share of the bandwidth measured just before.</summary>
    public Spread? BandwidthShare { get; init; }
}
