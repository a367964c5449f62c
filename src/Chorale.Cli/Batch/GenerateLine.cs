using System.Globalization;
using System.Text.Json;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>A line of <c>chorale generate --jsonl</c>: what it asks for, and how it is answered.</summary>
static class GenerateLine
{
    /// <summary>What stands for a logarithm that JSON has no number for, as OpenAI's API writes it.</summary>
    const float Impossible = -9999;

    public static async ValueTask AnswerAsync(
        ITokenGenerator generator, LineConstraints constraints, GenerationRequest standard, JsonElement line, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        int[] prompt = line.RequiredIds("tokens");
        int? maxTokens = line.OptionalInt("max_tokens", 0) ?? standard.MaxTokens;
        GenerationRequest request = standard with
        {
            Prompt = prompt,
            MaxTokens = maxTokens,
            Constraint = constraints.Create(line, prompt, maxTokens),
            Sampling = ReadSampling(line, standard.Sampling),
            TopLogProbabilities = line.Flag("logprobs", otherwise: false) ? line.OptionalInt("top_logprobs", 0) ?? 0 : null,
        };
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in generator.GenerateAsync(request, cancellationToken))
            tokens.Add(token);

        writer.WriteIds("tokens", [.. tokens.Select(token => token.Id)]);
        if (tokens is [.., { Finish: FinishReason.Stop } last])
            writer.WriteNumber("stop", last.Id);
        else
            writer.WriteNull("stop");
        if (request.TopLogProbabilities is not null)
            WriteLogProbabilities(writer, tokens);
    }

    static SamplingOptions ReadSampling(JsonElement line, SamplingOptions standard) => standard with
    {
        Temperature = line.OptionalFloat("temperature") ?? standard.Temperature,
        TopP = line.OptionalFloat("top_p") ?? standard.TopP,
        TopK = line.OptionalInt("top_k", 0) ?? standard.TopK,
        MinP = line.OptionalFloat("min_p") ?? standard.MinP,
        RepetitionPenalty = line.OptionalFloat("repetition_penalty") ?? standard.RepetitionPenalty,
        RepetitionWindow = line.OptionalInt("repetition_window", 0) ?? standard.RepetitionWindow,
        FrequencyPenalty = line.OptionalFloat("frequency_penalty") ?? standard.FrequencyPenalty,
        PresencePenalty = line.OptionalFloat("presence_penalty") ?? standard.PresencePenalty,
        LogitBias = line.Optional("logit_bias") is { } bias ? ReadBias(bias) : standard.LogitBias,
        Seed = line.OptionalLong("seed") ?? standard.Seed,
    };

    /// <summary>As in OpenAI's API: an object whose names are ids.</summary>
    static Dictionary<int, float> ReadBias(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw LineReader.Wrong("logit_bias", "an object of ids and numbers", value);
        Dictionary<int, float> biases = [];
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw new BatchException($"'logit_bias' must name ids, found '{CliErrors.OneLine(property.Name)}'");
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetSingle(out float bias))
                throw LineReader.Wrong($"logit_bias.{property.Name}", "a number", property.Value);
            biases[id] = bias;
        }
        return biases;
    }

    static void WriteLogProbabilities(Utf8JsonWriter writer, List<GeneratedToken> tokens)
    {
        writer.WriteStartArray("logprobs");
        foreach (GeneratedToken token in tokens)
        {
            writer.WriteStartObject();
            WriteOne(writer, token.Id, token.LogProbability ?? Impossible);
            writer.WriteStartArray("top_logprobs");
            foreach ((int id, float logProbability) in token.TopLogProbabilities)
            {
                writer.WriteStartObject();
                WriteOne(writer, id, logProbability);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteOne(Utf8JsonWriter writer, int id, float logProbability)
    {
        writer.WriteNumber("id", id);
        writer.WriteNumber("logprob", float.IsFinite(logProbability) ? logProbability : Impossible);
    }
}
