using System.Globalization;
using System.Text.Json;
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
        TopK = request.OptionalInteger("top_k", -1) is { } topK ? Math.Max(topK, 0) : defaults.TopK,
        MinP = (float?)request.OptionalNumber("min_p", 0, 1) ?? defaults.MinP,
        RepetitionPenalty = (float?)request.OptionalNumber("repetition_penalty", 0.01, 10) ?? defaults.RepetitionPenalty,
        FrequencyPenalty = (float?)request.OptionalNumber("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
        PresencePenalty = (float?)request.OptionalNumber("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
        LogitBias = ReadBias(request, vocabularySize) ?? defaults.LogitBias,
        Seed = request.OptionalLong("seed") ?? defaults.Seed,
    };

    /// <summary>The same for choice <paramref name="index"/> of several: other seeds, so that the answers are not all one.</summary>
    public static SamplingOptions ForChoice(SamplingOptions sampling, int index) => index == 0 || sampling.Seed is not { } seed ? sampling : sampling with { Seed = unchecked(seed + index) };

    /// <summary>At most so many ids; null where the request sets no limit, as -1 does too.</summary>
    /// <exception cref="ApiException">It is no integer or less than <paramref name="least"/>.</exception>
    public static int? ReadLimit(RequestObject request, string name, int least)
    {
        if (request.Get(name) is not { } value || (value.Kind == JsonValueKind.Number && value.Element.TryGetInt32(out int unlimited) && unlimited == -1))
            return null;
        return (int)Math.Min(value.Integer(least, long.MaxValue), int.MaxValue);
    }

    static Dictionary<int, float>? ReadBias(RequestObject request, int vocabularySize)
    {
        if (request.OptionalObject("logit_bias") is not { } biases)
            return null;
        Dictionary<int, float> read = [];
        foreach (JsonProperty bias in biases.Element.EnumerateObject())
        {
            if (!int.TryParse(bias.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= vocabularySize)
                throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid key in '{biases.Path}': expected an id from 0 to {vocabularySize - 1}, but got '{RequestValue.Shorten(bias.Name)}' instead."), biases.Path, "invalid_value");
            if (read.Count == MaxBiases)
                throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid '{biases.Path}': too many keys. Expected at most {MaxBiases}."), biases.Path, "object_above_max_properties");
            if (bias.Value.ValueKind != JsonValueKind.Null)
                read[id] = (float)new RequestValue(bias.Value, biases.PathOf(bias.Name)).Number(-100, 100);
        }
        return read;
    }
}
