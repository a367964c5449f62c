using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>What <c>bench MODEL</c> measures.</summary>
sealed record ModelBenchSettings
{
    /// <summary>Lengths of prompts, in ids.</summary>
    public IReadOnlyList<int> Prefill { get; init; } = [512];

    /// <summary>How many ids are generated one by one.</summary>
    public IReadOnlyList<int> Decode { get; init; } = [128];

    /// <summary>How many ids the sequence holds before they are.</summary>
    public IReadOnlyList<int> Depth { get; init; } = [0];

    /// <summary>How many answers are made at the same time.</summary>
    public IReadOnlyList<int> Sequences { get; init; } = [];

    /// <summary>What share of an answer's ids a constraint forces, in percent.</summary>
    public IReadOnlyList<int> Forced { get; init; } = [];

    /// <summary>How many ids are guessed ahead.</summary>
    public IReadOnlyList<int> Draft { get; init; } = [];

    public IReadOnlyList<int> Threads { get; init; } = [Environment.ProcessorCount];

    /// <summary>How often each thing is measured.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How often it is done before, unmeasured.</summary>
    public int Warmup { get; init; } = 1;

    /// <summary>How much memory is read to see how fast that is.</summary>
    public long BandwidthProbeByteCount { get; init; } = 512 << 20;

    /// <summary>How the model is opened; threads and context are set by the bench.</summary>
    public GptOssOptions Options { get; init; } = new();

    /// <summary>The most ids that a sequence comes to hold.</summary>
    public int ContextLength => Math.Max(ModelMeasure.FirstPromptLength, Math.Max(Prefill.DefaultIfEmpty().Max(), Decode.Count > 0 ? Math.Max(Depth.Max(), ModelMeasure.FirstPromptLength) + Decode.Max() : 0));

    /// <summary>The answers to measure through the generator: alone first, for comparison.</summary>
    public IEnumerable<AnswerTest> Answers =>
        Decode.Count == 0 || Sequences.Count + Forced.Count + Draft.Count == 0
            ? []
            : Decode.Where(tokens => tokens > 1).SelectMany(tokens => Sequences.Select(n => new AnswerTest(tokens, n))
                .Concat(Forced.Select(percent => new AnswerTest(tokens) { ForcedPercent = percent }))
                .Concat(Draft.Select(n => new AnswerTest(tokens) { Draft = n }))
                .Prepend(new AnswerTest(tokens))
                .Distinct());
}
