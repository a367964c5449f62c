namespace Chorale.Kernels;

/// <summary>YaRN: rotary frequencies stretched from the original context to a longer one, the slow ones more than the fast ones.</summary>
/// <remarks>
/// Source: Peng et al. 2023, "YaRN", as OpenAI's gpt-oss reference computes it: the limits of the ramp are not rounded, and the stretch
/// and the concentration apply from position 0 on, for every context length.
/// </remarks>
sealed record Yarn
{
    /// <summary>Numbers in one head; even.</summary>
    public required int HeadDim { get; init; }

    /// <summary>The base of the geometric row of frequencies (<c>rope_theta</c>).</summary>
    public required double Theta { get; init; }

    /// <summary>How many times longer the context becomes; 1 or less is plain rotary embedding.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The context length before the stretch, in tokens.</summary>
    public int OriginalContext { get; init; } = 4096;

    /// <summary>Pairs that turn more often than this in the original context keep their frequency.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Pairs that turn less often than this are slowed by the whole factor.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>The share of the fast pairs' own frequency that is kept; 0 slows every pair alike and drops the concentration.</summary>
    public double ExtrapolationFactor { get; init; } = 1;

    /// <summary>Multiplies the concentration.</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <summary>Rounds the ramp's limits outward, as llama.cpp does and the reference does not: only for comparisons with it.</summary>
    public bool Truncate { get; init; }

    /// <summary>The pair where the ramp starts.</summary>
    public double Low => Truncate ? Math.Max(Math.Floor(Limit(BetaFast)), 0) : Limit(BetaFast);

    /// <summary>The pair where the ramp ends.</summary>
    public double High => Truncate ? Math.Min(Math.Ceiling(Limit(BetaSlow)), HeadDim - 1) : Limit(BetaSlow);

    /// <summary>Multiplies cos and sin, of queries and of keys, so that scores grow by its square.</summary>
    public double Concentration => Factor > 1 && ExtrapolationFactor != 0 ? AttentionFactor * (0.1 * Math.Log(Factor) + 1) : AttentionFactor;

    /// <summary>Radians that each pair turns from one position to the next, shape [headDim / 2].</summary>
    public double[] InverseFrequencies()
    {
        double[] result = new double[HeadDim / 2];
        for (int pair = 0; pair < result.Length; pair++)
        {
            double fast = Math.Pow(Theta, -2.0 * pair / HeadDim);
            result[pair] = Factor > 1 ? double.Lerp(fast / Factor, fast, (1 - Ramp(pair)) * ExtrapolationFactor) : fast;
        }
        return result;
    }

    double Ramp(int pair) => Math.Clamp((pair - Low) / Math.Max(High - Low, 0.001), 0, 1);

    double Limit(double turns) => HeadDim / 2.0 * Math.Log(OriginalContext / (turns * 2 * Math.PI)) / Math.Log(Theta);
}
