namespace Chorale.Inference;

/// <summary>How a model is opened.</summary>
public sealed record GptOssOptions
{
    /// <summary>The most ids a sequence may hold unless asked otherwise, where the file allows more.</summary>
    public const int DefaultContextLength = 8192;

    /// <summary>
    /// Ids of a sequence, at least 1, at most what the file says; null takes what the file says, but at most
    /// <see cref="DefaultContextLength"/>. It bounds the memory of the cache, which grows with use.
    /// </summary>
    public int? ContextLength { get; init => field = OptionRange.AtLeast(value, 1); }

    /// <summary>Threads that compute, the calling one included, at least 1; null takes one a processor.</summary>
    public int? Threads { get; init => field = OptionRange.AtLeast(value, 1); }

    /// <summary>Leaves one processor to the rest of the machine where <see cref="Threads"/> is null and there is more than one.</summary>
    public bool SpareCore { get; init; }

    /// <summary>The number of threads that this asks for.</summary>
    internal int ThreadCount => Threads ?? Math.Max(1, Environment.ProcessorCount - (SpareCore ? 1 : 0));

    /// <summary>
    /// Rounds YaRN's limits to whole pairs, as llama.cpp does. OpenAI's reference does not round: true is for comparisons with
    /// llama.cpp alone, and moves logits by some hundredths.
    /// </summary>
    public bool YarnTruncate { get; init; }

    /// <summary>How activations are computed with in front of matrices.</summary>
    public Precision Precision { get; init; }

    /// <summary>Where the weights are while computing.</summary>
    public WeightLoading Loading { get; init; }

    /// <summary>
    /// How sessions keep keys and values; null takes <see cref="Inference.KeyValueType.F16"/> with <see cref="Precision.Fast"/> and
    /// <see cref="Inference.KeyValueType.F32"/> else.
    /// </summary>
    public KeyValueType? KeyValueType { get; init => field = OptionRange.Defined(value); }
}
