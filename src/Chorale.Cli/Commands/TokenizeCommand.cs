using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary><c>chorale tokenize</c>: text to ids.</summary>
static class TokenizeCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> text = new("TEXT") { Description = "The text; without it, standard input is read to its end.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> special = new("--special") { Description = "Let the spellings of control tokens in the text become control tokens." };
        Option<bool> count = new("--count") { Description = "Print only how many ids there are." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","text","special":false|true|["<|end|>",…]} → {"id","tokens":[…]}""");

        Command command = new("tokenize", "Turn text into token ids.") { text, special, count, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            Tokenizer tokenizer = VocabularyFile.Load(line.GetValue(vocabulary));
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(tokenizer, input, writer), cancellationToken);

            string content = line.GetValue(text) ?? await host.ReadAllTextAsync(cancellationToken);
            int[] ids = line.GetValue(special) ? tokenizer.EncodeWithSpecials(content) : tokenizer.Encode(content);
            host.Out.WriteLine(line.GetValue(count)
                ? ids.Length.ToString(CultureInfo.InvariantCulture)
                : string.Join(' ', ids.Select(id => id.ToString(CultureInfo.InvariantCulture))));
            return ExitCodes.Success;
        });
        return command;
    }

    static ValueTask Answer(Tokenizer tokenizer, JsonElement line, Utf8JsonWriter writer)
    {
        string text = line.RequiredText("text");
        writer.WriteIds("tokens", line.Optional("special") switch
        {
            null or { ValueKind: JsonValueKind.False } => tokenizer.Encode(text),
            { ValueKind: JsonValueKind.True } => tokenizer.EncodeWithSpecials(text),
            { ValueKind: JsonValueKind.Array } names => tokenizer.EncodeWithSpecials(text, Names(names)),
            { } other => throw LineReader.Wrong("special", "true, false or a list of control tokens", other),
        });
        return ValueTask.CompletedTask;
    }

    static HashSet<string> Names(JsonElement list)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonElement name in list.EnumerateArray())
            names.Add(name.ValueKind == JsonValueKind.String ? name.GetString()! : throw LineReader.Wrong("special", "a list of strings", name));
        return names;
    }
}
