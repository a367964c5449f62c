using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary><c>chorale generate</c>: ids in, ids out, with nothing between.</summary>
static class GenerateCommand
{
    public static Command Create(CliHost host)
    {
        Argument<uint[]> ids = new("ID") { Description = "The prompt's ids; without them, standard input is read.", Arity = ArgumentArity.ZeroOrMore };
        ModelArguments model = new(precision: "fast");
        Option<float?> temperature = SamplingArguments.Temperature("without it, 1");
        SamplingArguments sampling = new();
        Option<int?> maxTokens = SamplingArguments.MaxTokens(0);
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens","max_tokens","temperature","top_p","top_k","min_p","seed"} → {"id","tokens","stop"}""");

        Command command = new("generate", "Continue token ids until the model ends its turn.") { ids, temperature, maxTokens, jsonl };
        model.AddTo(command);
        sampling.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            using ChatModel opened = model.Open(line);
            GenerationRequest standard = new()
            {
                Prompt = ReadOnlyMemory<int>.Empty,
                StopIds = opened.Encoding.StopTokensForAssistantActions,
                MaxTokens = line.GetValue(maxTokens),
                Sampling = sampling.Read(line) with { Temperature = line.GetValue(temperature) ?? 1 },
            };
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, stop) => AnswerAsync(opened.Generator, standard, input, writer, stop), cancellationToken);

            int[] prompt = await IdList.ReadAsync(host, line.GetValue(ids), cancellationToken);
            string separator = "";
            await foreach (GeneratedToken token in opened.Generator.GenerateAsync(standard with { Prompt = prompt }, cancellationToken))
            {
                host.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{separator}{token.Id}"));
                separator = " ";
            }
            host.Out.WriteLine();
            return ExitCodes.Success;
        });
        return command;
    }

    static async ValueTask AnswerAsync(ITokenGenerator generator, GenerationRequest standard, JsonElement line, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        if (line.Optional("constraint") is not null)
            throw new BatchException("'constraint' is not supported: this version generates without constraints");
        GenerationRequest request = standard with
        {
            Prompt = line.RequiredIds("tokens"),
            MaxTokens = line.OptionalInt("max_tokens", 0) ?? standard.MaxTokens,
            Sampling = ReadSampling(line, standard.Sampling),
        };
        List<int> tokens = [];
        int? stop = null;
        await foreach (GeneratedToken token in generator.GenerateAsync(request, cancellationToken))
        {
            tokens.Add(token.Id);
            if (token.Finish == FinishReason.Stop)
                stop = token.Id;
        }
        writer.WriteIds("tokens", [.. tokens]);
        if (stop is { } id)
            writer.WriteNumber("stop", id);
        else
            writer.WriteNull("stop");
    }

    static SamplingOptions ReadSampling(JsonElement line, SamplingOptions standard) => standard with
    {
        Temperature = line.OptionalFloat("temperature") ?? standard.Temperature,
        TopP = line.OptionalFloat("top_p") ?? standard.TopP,
        TopK = line.OptionalInt("top_k", 0) ?? standard.TopK,
        MinP = line.OptionalFloat("min_p") ?? standard.MinP,
        Seed = line.OptionalLong("seed") ?? standard.Seed,
    };
}
