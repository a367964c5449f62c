using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chorale.Grammar;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary><c>chorale schema check</c>: what a schema compiles to, what it costs, and which instances it accepts.</summary>
static class SchemaCheckCommand
{
    static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 1024 };

    public static Command Create(CliHost host)
    {
        Argument<string?> file = new("FILE") { Description = "A JSON Schema; - or nothing is standard input.", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> accepts = new("--accepts") { Description = "Instances, each a file of JSON, that are judged as values; exit code 1 where one is not accepted.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<string> whitespace = SharedOptions.Whitespace();
        Option<bool> lenient = new("--lenient") { Description = "Leave out what cannot be enforced, and list it, instead of refusing the schema." };
        Option<bool> json = new("--json") { Description = "Print one JSON object; times are in microseconds." };
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","schema","instances":[…]} → {"id","ok":true,"results":[true|false…],"compile_us","mask_us":{"mean","p99"}} or {"id","ok":false,"error":{"path","keyword","message"}}""");

        Command command = new("check", "Say what a JSON Schema compiles to and what it costs, and judge instances by it.") { file, accepts, vocabulary, whitespace, lenient, json, jsonl };
        command.Validators.Add(result =>
        {
            if (result.GetResult(jsonl) is { Implicit: false } && (result.GetResult(accepts) is not null || result.GetResult(file) is { Tokens.Count: > 0 }))
                result.AddError("--jsonl takes schemas and instances from standard input.");
        });
        command.SetAction(async (line, cancellationToken) =>
        {
            JsonSchemaOptions options = new() { Whitespace = SharedOptions.WhitespaceOf(line.GetValue(whitespace)!), Lenient = line.GetValue(lenient) };
            string[] instances = line.GetValue(accepts) ?? [];
            Tokenizer tokenizer = VocabularyFile.Load(line.GetValue(vocabulary));
            GrammarVocabulary prepared = line.GetValue(vocabulary) is null ? GrammarVocabulary.O200kHarmony : new(tokenizer);
            WarmUp.Run(prepared, options);
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => SchemaLine.Answer(prepared, options, input, writer), cancellationToken);

            string content = await CheckInput.ReadAsync(host, line.GetValue(file), cancellationToken);
            using JsonDocument schema = Parse(content, line.GetValue(file) ?? "-");
            SchemaCheck check = SchemaCheck.Compile(schema.RootElement, options, prepared);
            List<(string File, InstanceVerdict Verdict)> verdicts = [];
            foreach (string path in instances)
            {
                using JsonDocument instance = Parse(await File.ReadAllTextAsync(path, cancellationToken), path);
                verdicts.Add((path, check.Judge(instance.RootElement)));
            }
            if (verdicts.Count == 0)
                check.MeasureShortest();
            if (line.GetValue(json))
                WriteJson(host, check, verdicts);
            else
                WriteText(host, check, verdicts);
            return verdicts.TrueForAll(verdict => verdict.Verdict.IsAccepted) ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    static JsonDocument Parse(string content, string file)
    {
        try
        {
            return JsonDocument.Parse(content, ReadOptions);
        }
        catch (JsonException e)
        {
            throw new CliException($"'{file}' is not JSON: {CliErrors.OneLine(e.Message)}");
        }
    }

    static void WriteText(CliHost host, SchemaCheck check, List<(string File, InstanceVerdict Verdict)> verdicts)
    {
        CompiledGrammar grammar = check.Grammar;
        int[] shortest = check.Shortest();
        Line("rules", grammar.RuleCount.ToString(CultureInfo.InvariantCulture));
        Line("states", grammar.StateCount.ToString(CultureInfo.InvariantCulture));
        Line("terminals", grammar.TerminalCount.ToString(CultureInfo.InvariantCulture));
        foreach (JsonSchemaException ignored in grammar.Ignored)
            Line("ignored", CliErrors.OneLine(ignored.Message));
        Line("compiling", string.Create(CultureInfo.InvariantCulture, $"{check.CompileMicroseconds / 1000:0.###} ms"));
        Line("masks", string.Create(CultureInfo.InvariantCulture, $"mean {check.Masks.MeanMicroseconds:0.#} µs, p99 {check.Masks.HighMicroseconds:0.#} µs, over {check.Masks.Count} tokens of {(verdicts.Count == 0 ? "a shortest document" : "the instances")}"));
        Line("shortest", string.Create(CultureInfo.InvariantCulture, $"{shortest.Length} ids: {string.Join(' ', shortest)}"));
        Line("", CliErrors.OneLine(grammar.Vocabulary.Tokenizer.DecodeLossy(shortest)));
        foreach ((string file, InstanceVerdict verdict) in verdicts)
            host.Out.WriteLine($"{file}: {CliErrors.OneLine(verdict.Describe())}");

        void Line(string name, string value) => host.Out.WriteLine($"{name,-10}  {value}");
    }

    static void WriteJson(CliHost host, SchemaCheck check, List<(string File, InstanceVerdict Verdict)> verdicts)
    {
        CompiledGrammar grammar = check.Grammar;
        int[] shortest = check.Shortest();
        using (Utf8JsonWriter writer = new(host.Output, JsonWriting.Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("rules", grammar.RuleCount);
            writer.WriteNumber("states", grammar.StateCount);
            writer.WriteNumber("terminals", grammar.TerminalCount);
            SchemaLine.WriteIgnored(writer, grammar);
            SchemaLine.WriteCost(writer, check);
            writer.WriteNumber("masks", check.Masks.Count);
            writer.WriteStartObject("shortest");
            writer.WriteString("text", grammar.Vocabulary.Tokenizer.DecodeLossy(shortest));
            writer.WriteIds("tokens", shortest);
            writer.WriteEndObject();
            writer.WriteStartArray("instances");
            foreach ((string file, InstanceVerdict verdict) in verdicts)
            {
                writer.WriteStartObject();
                writer.WriteString("file", file);
                writer.WriteBoolean("accepted", verdict.IsAccepted);
                writer.WriteString("text", verdict.Text);
                if (verdict.RefusedAt is { } at)
                    writer.WriteNumber("refused_at", at);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }
}
