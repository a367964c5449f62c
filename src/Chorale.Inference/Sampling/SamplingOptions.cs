using System.Collections.Frozen;

namespace Chorale.Inference;

/// <summary>How the next id is chosen from the logits. The defaults are those of the OpenAI API.</summary>
/// <remarks>
/// Applied in this order: <see cref="RepetitionPenalty"/>, <see cref="FrequencyPenalty"/> and <see cref="PresencePenalty"/>,
/// <see cref="LogitBias"/>, the constraint's mask, <see cref="TopK"/>, <see cref="Temperature"/>, <see cref="TopP"/>,
/// <see cref="MinP"/>; then one id is drawn from what is left, by its renormalised probability. The most likely allowed id always
/// stays. Where the mask allows a single id, that is the one, and nothing is drawn.
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

    /// <summary>
    /// Divides positive logits and multiplies negative ones of each id that stands in the prompt or the answer, once however often it
    /// stands there, in (0, 10]; 1 changes nothing.
    /// </summary>
    /// <remarks>Source: Keskar et al. 2019, "CTRL", section 4.1, with the sign rule of Hugging Face.</remarks>
    public float RepetitionPenalty { get; init => field = OptionRange.Above(value, 0, 10); } = 1;

    /// <summary>How many of the last ids <see cref="RepetitionPenalty"/> looks at, prompt and answer together; null takes all.</summary>
    public int? RepetitionWindow { get; init => field = OptionRange.AtLeast(value, 0); }

    /// <summary>Taken off an id's logit once for each time it stands in the answer, in [-2, 2]; the prompt does not count.</summary>
    public float FrequencyPenalty { get; init => field = OptionRange.In(value, -2, 2); }

    /// <summary>Taken off the logit of each id that stands in the answer, in [-2, 2]; the prompt does not count.</summary>
    public float PresencePenalty { get; init => field = OptionRange.In(value, -2, 2); }

    /// <summary>Added to the logits of single ids, in [-100, 100]: -100 as good as bans an id, 100 as good as forces it.</summary>
    /// <remarks>It is copied. A request that names an id outside the vocabulary is refused.</remarks>
    public IReadOnlyDictionary<int, float> LogitBias
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (float bias in value.Values)
                OptionRange.In(bias, -100, 100);
            field = value.ToFrozenDictionary();
        }
    } = FrozenDictionary<int, float>.Empty;

    /// <summary>Seeds the sampler: the same logits give the same ids on every run, whatever the threads; null draws a fresh seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Always the most likely id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };
}
