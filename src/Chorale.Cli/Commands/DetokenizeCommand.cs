using System.CommandLine;
using System.Text.Json;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary><c>chorale detokenize</c>: ids to text.</summary>
static class DetokenizeCommand
{
    public static Command Create(CliHost host)
    {
        Argument<uint[]> ids = new("ID") { Description = "Token ids; without them, standard input is read: numbers, with anything but digits between.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> bytes = new("--bytes") { Description = "Print the bytes in hexadecimal, whether they are UTF-8 or not." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens","bytes":false|true} → {"id","text"}, or {"id","hex"}""");

        Command command = new("detokenize", "Turn token ids into text.") { ids, bytes, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            Tokenizer tokenizer = VocabularyFile.Load(line.GetValue(vocabulary));
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(tokenizer, input, writer), cancellationToken);

            int[] tokens = await IdList.ReadAsync(host, line.GetValue(ids), cancellationToken);
            string end = line.GetValue(bytes) || host.OutputIsTerminal ? "\n" : "";   // piped text stays the very text
            host.Out.Write((line.GetValue(bytes) ? Convert.ToHexStringLower(tokenizer.DecodeBytes(tokens)) : tokenizer.Decode(tokens)) + end);
            return ExitCodes.Success;
        });
        return command;
    }

    static ValueTask Answer(Tokenizer tokenizer, JsonElement line, Utf8JsonWriter writer)
    {
        int[] tokens = line.RequiredIds("tokens");
        if (line.Flag("bytes", otherwise: false))
            writer.WriteString("hex", Convert.ToHexStringLower(tokenizer.DecodeBytes(tokens)));
        else
            writer.WriteString("text", tokenizer.Decode(tokens));
        return ValueTask.CompletedTask;
    }
}
