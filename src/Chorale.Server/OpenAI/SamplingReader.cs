using System.Globalization;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>Reads how an id is chosen, under the names of OpenAI and those that local servers added.</summary>
static class SamplingReader
{
    /// <summary>More biases than any client sends.</summary>
    const int MaxBiases = 4096;

    /// <summary>OpenAI allows <c>top_p</c> to be 0, which means the most likely id alone.</summary>
    const float SmallestTopP = 1e-6f;

    /// <summary>Reads it.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="defaults">What holds where the request says nothing.</param>
    /// <param name="vocabularySize">Ids run from 0 to this, exclusive.</param>
    /// <exception cref="ApiException">A value is of the wrong type or out of its range.</exception>
    public static SamplingOptions Read(RequestObject request, SamplingOptions defaults, int vocabularySize) => defaults with
    {
        Temperature = (float?)request.OptionalNumber("temperature", 0, 2) ?? defaults.Temperature,
        TopP = (float?)request.OptionalNumber("top_p", 0, 1) is { } topP ? Math.Max(topP, SmallestTopP) : defaults.TopP,
        TopK = request.OptionalInteger("top_k", -1, int.MaxValue) is { } topK ? (int)Math.Max(topK, 0) : defaults.TopK,
        MinP = (float?)request.OptionalNumber("min_p", 0, 1) ?? defaults.MinP,
        RepetitionPenalty = (float?)request.OptionalNumber("repetition_penalty", 0.01, 10) ?? defaults.RepetitionPenalty,
        FrequencyPenalty = (float?)request.OptionalNumber("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
        PresencePenalty = (float?)request.OptionalNumber("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
        LogitBias = ReadBias(request, vocabularySize) ?? defaults.LogitBias,
        Seed = request.OptionalInteger("seed", long.MinValue, long.MaxValue) ?? defaults.Seed,
    };

    /// <summary>The same for choice <paramref name="index"/> of several: other seeds, so that the answers are not all one.</summary>
    public static SamplingOptions ForChoice(SamplingOptions sampling, int index) => index == 0 || sampling.Seed is not { } seed ? sampling : sampling with { Seed = unchecked(seed + index) };

    /// <summary>At most so many ids; null where the request sets no limit, as -1 does too.</summary>
    /// <exception cref="ApiException">It is no integer or less than <paramref name="least"/>.</exception>
    public static int? ReadLimit(RequestObject request, string name, int least)
    {
        long? limit = request.OptionalInteger(name, -1, long.MaxValue);
        return limit switch
        {
            null or -1 => null,
            _ when limit < least => throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Found {limit}, expected at least {least}."), request.PathOf(name), "integer_below_min_value"),
            _ => (int)Math.Min(limit.Value, int.MaxValue),
        };
    }

    static Dictionary<int, float>? ReadBias(RequestObject request, int vocabularySize)
    {
        if (request.OptionalObject("logit_bias") is not { } biases)
            return null;
        Dictionary<int, float> read = [];
        foreach (string name in biases.Names)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= vocabularySize)
                throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Found '{Shorten(name)}', expected an id from 0 to {vocabularySize - 1}."), request.PathOf("logit_bias"), "invalid_value");
            if (read.Count == MaxBiases)
                throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Expected at most {MaxBiases} biases."), request.PathOf("logit_bias"), "invalid_value");
            if (biases.OptionalNumber(name, -100, 100) is { } bias)
                read[id] = (float)bias;
        }
        return read;
    }

    static string Shorten(string text) => text.Length <= 32 ? text : $"{text.AsSpan(0, 32)}…";
}
