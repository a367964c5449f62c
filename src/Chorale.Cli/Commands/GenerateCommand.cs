using System.CommandLine;
using System.Globalization;
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
        GeneratorArguments generator = new();
        Option<int?> maxTokens = SamplingArguments.MaxTokens(0);
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens","max_tokens","temperature","top_p","top_k","min_p","repetition_penalty","frequency_penalty","presence_penalty","logit_bias","seed","constraint":{"schema":…}|{"regex":…}|{"lark":…}|{"gbnf":…},"logprobs","top_logprobs"} → {"id","tokens","stop"}""");

        Command command = new("generate", "Continue token ids until the model ends its turn.") { ids, temperature, maxTokens, jsonl };
        model.AddTo(command);
        sampling.AddTo(command);
        generator.AddTo(command, parallel: true);
        command.SetAction(async (line, cancellationToken) =>
        {
            using ChatModel opened = model.Open(line, generator.Read(line));
            GenerationRequest standard = new()
            {
                Prompt = ReadOnlyMemory<int>.Empty,
                StopIds = opened.Encoding.StopTokensForAssistantActions,
                MaxTokens = line.GetValue(maxTokens),
                Sampling = sampling.Read(line) with { Temperature = line.GetValue(temperature) ?? 1 },
            };
            if (line.GetValue(jsonl))
            {
                LineConstraints constraints = new(opened);
                return await JsonlBatch.RunAsync(
                    host, (input, writer, stop) => GenerateLine.AnswerAsync(opened.Generator, constraints, standard, input, writer, stop), generator.Parallel(line), cancellationToken);
            }

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
}
