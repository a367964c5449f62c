using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary><c>chorale logits</c>: what the model thinks of what may come next.</summary>
static class LogitsCommand
{
    const int ShownIds = 10;

    public static Command Create(CliHost host)
    {
        Argument<uint[]> ids = new("ID") { Description = "Token ids; without them, standard input is read.", Arity = ArgumentArity.ZeroOrMore };
        ModelArguments model = new(precision: "exact");
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens","all":false} → {"id","logits":[…]}""");

        Command command = new("logits", "Print the most likely next ids, or with --jsonl all logits.") { ids, jsonl };
        model.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            using GptOssModel opened = model.OpenEngine(line);
            using GptOssSession session = opened.CreateSession();
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, stop) => Answer(session, input, writer, stop), cancellationToken);

            int[] tokens = await IdList.ReadAsync(host, line.GetValue(ids), cancellationToken);
            PrintBest(host, session.Forward(tokens, cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    static ValueTask Answer(GptOssSession session, JsonElement line, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        int[] tokens = line.RequiredIds("tokens");
        session.TryTruncate(0);
        if (line.Flag("all", otherwise: false))
        {
            writer.WriteStartArray("logits");
            session.ForwardEach(tokens, (_, logits) => WriteRow(writer, logits), cancellationToken);
            writer.WriteEndArray();
        }
        else
        {
            ReadOnlySpan<float> logits = session.Forward(tokens, cancellationToken);
            writer.WritePropertyName("logits");
            WriteRow(writer, logits);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>JSON has no infinity and no NaN: a damaged model's come out as null.</summary>
    static void WriteRow(Utf8JsonWriter writer, ReadOnlySpan<float> logits)
    {
        writer.WriteStartArray();
        foreach (float logit in logits)
        {
            if (float.IsFinite(logit))
                writer.WriteNumberValue(logit);
            else
                writer.WriteNullValue();
        }
        writer.WriteEndArray();
    }

    static void PrintBest(CliHost host, ReadOnlySpan<float> logits)
    {
        (int Id, float Logit)[] all = new (int, float)[logits.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = (i, logits[i]);
        foreach ((int id, float logit) in all.OrderByDescending(x => x.Logit).Take(ShownIds))
            host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,8} {logit,10:0.0000}"));
    }
}
