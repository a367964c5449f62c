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
    public int ContextLength => Math.Max(ModelMeasure.FirstPromptLength, Math.Max(Prefill.DefaultIfEmpty().Max(), Decode.Count > 0 ? Depth.Max() + Decode.Max() : 0));
}
