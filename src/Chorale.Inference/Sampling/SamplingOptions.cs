namespace Chorale.Inference;

/// <summary>How the next id is chosen from the logits. The defaults are those of the OpenAI API.</summary>
/// <remarks>
/// Applied in this order: the constraint's mask, <see cref="TopK"/>, <see cref="Temperature"/>, <see cref="TopP"/>,
/// <see cref="MinP"/>; then one id is drawn from what is left, by its renormalised probability. The most likely allowed id always
/// stays.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits before softmax, in [0, 2]; 0 picks the most likely id, the lowest where several tie.</summary>
    public float Temperature { get; init => field = OptionRange.In(value, 0, 2); } = 1;

    /// <summary>Keeps the most likely ids until their probabilities add up to this, in (0, 1]; 1 keeps all.</summary>
    public float TopP { get; init => field = OptionRange.Above(value, 0, 1); } = 1;

    /// <summary>Keeps this many of the most likely ids; 0 keeps all.</summary>
    public int TopK { get; init => field = OptionRange.AtLeast(value, 0)!.Value; }

    /// <summary>Drops ids less likely than this share of the most likely one, in [0, 1]; 0 keeps all.</summary>
    public float MinP { get; init => field = OptionRange.In(value, 0, 1); }

    /// <summary>Seeds the sampler, so that the same prompt gives the same ids on every machine; null draws a fresh seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Always the most likely id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };
}
