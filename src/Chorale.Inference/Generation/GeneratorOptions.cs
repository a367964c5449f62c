namespace Chorale.Inference;

/// <summary>How a <see cref="GptOssGenerator"/> shares the model among requests.</summary>
public sealed record GeneratorOptions
{
    /// <summary>How many answers are made at the same time, at least 1; further requests wait.</summary>
    public int Parallel { get; init => field = OptionRange.AtLeast(value, 1)!.Value; } = 4;

    /// <summary>How many requests may wait, 0 or more; one more is refused with a <see cref="QueueFullException"/>.</summary>
    public int QueueLength { get; init => field = OptionRange.AtLeast(value, 0)!.Value; } = 256;

    /// <summary>
    /// How many ids of prompts go through the model together with the next ids of other answers, at least 1: more reads prompts faster, less
    /// makes the answers wait less. Prompts that are alone go through in larger batches.
    /// </summary>
    public int PrefillChunk { get; init => field = OptionRange.AtLeast(value, 1)!.Value; } = 64;

    /// <summary>
    /// Bytes of keys and values that may stay in memory for requests to come, after their own answer has ended; the longest unused go
    /// first. 0 keeps none. Answers in the making are not counted.
    /// </summary>
    public long CacheBytes { get; init => field = OptionRange.NotNegative(value); } = 1L << 30;

    /// <summary>
    /// At most so many ids are guessed ahead, by looking up what followed the last ids earlier in the same sequence, and checked in one
    /// pass; 0 guesses none. It changes no answer, only how fast it comes.
    /// </summary>
    public int MaxDraft { get; init => field = OptionRange.AtLeast(value, 0)!.Value; }

    /// <summary>Where a constraint allows at most so many ids, only their logits are computed; 0 always computes all.</summary>
    public int SelectedLogits { get; init => field = OptionRange.AtLeast(value, 0)!.Value; } = 1024;
}
