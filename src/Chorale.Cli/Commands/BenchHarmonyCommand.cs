using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Chorale.Harmony;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary><c>chorale bench harmony</c>: what tokenizing, rendering and parsing cost, of the user's own conversations.</summary>
static class BenchHarmonyCommand
{
    public static Command Create(CliHost host)
    {
        Argument<FileInfo[]> files = new("FILE") { Description = """A conversation (.json), one a line (.jsonl: {"messages":[…]} or {"conversation":{…}}), or a text to tokenize (anything else); without any, a set made in memory.""", Arity = ArgumentArity.ZeroOrMore };
        Option<int?> iterations = SharedOptions.Checked(new Option<int?>("--iterations") { Description = "How often each step is measured; without it, 30. Steps shorter than 5 ms are repeated for that long and divided.", HelpName = "N" }, n => n is >= 1 and <= 1_000_000, "from 1 to 1000000");
        Option<int?> warmup = SharedOptions.Checked(new Option<int?>("--warmup") { Description = "How often each step is run before; without it, 20.", HelpName = "N" }, n => n is >= 0 and <= 1_000_000, "from 0 to 1000000");
        Option<string> drop = SharedOptions.Drop();
        Option<string> schemas = SharedOptions.Schemas();
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> json = new("--json") { Description = "Print one JSON object; times are in seconds." };

        Command command = new("harmony", "Measure tokenizing, rendering (cached and not) and parsing.") { files, iterations, warmup, drop, schemas, vocabulary, json };
        command.SetAction(async (line, cancellationToken) =>
        {
            List<BenchInput> inputs = [];
            foreach (FileInfo file in line.GetValue(files)!)
                inputs.Add(await BenchInput.ReadAsync(file, cancellationToken));
            HarmonyBench bench = new(
                new HarmonyEncoding(VocabularyFile.Load(line.GetValue(vocabulary))),
                new() { AnalysisDropping = SharedOptions.DropOf(line.GetValue(drop)!), Schemas = SharedOptions.SchemasOf(line.GetValue(schemas)!) });
            List<Row> rows = [];
            foreach (BenchInput input in inputs.Count > 0 ? inputs : BuiltInInputs.All)
            {
                if (host.ErrorIsTerminal)
                    host.Error.WriteLine($"[{input.Name}]");
                foreach (BenchStep step in bench.StepsOf(input))
                    rows.Add(new Row(input, step, step.Measure(line.GetValue(warmup) ?? 20, line.GetValue(iterations) ?? 30, cancellationToken)));
            }
            if (line.GetValue(json))
                WriteJson(host, rows);
            else
                WriteTable(host, rows);
            return ExitCodes.Success;
        });
        return command;
    }

    static void WriteTable(CliHost host, List<Row> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("input", "step", "tokens", "mean", "median", "min", "max", "ids/s", "MB/s", "allocated");
        foreach (TableColumn column in table.Columns.Skip(2))
            column.RightAligned();
        BenchInput? last = null;
        foreach (Row row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Input == last ? "" : row.Input.Name),
                row.Step.Name,
                Whole(row.Step.TokenCount),
                Time(row.Times.Mean),
                Time(row.Times.Median),
                Time(row.Times.Min),
                Time(row.Times.Max),
                Whole((long)row.TokensPerSecond),
                (row.BytesPerSecond / 1e6).ToString("N1", CultureInfo.InvariantCulture),
                Size(row.Times.AllocatedByteCount));
            last = row.Input;
        }
        Terminal.Create(host).Write(table);
        host.Out.WriteLine("ids/s and MB/s are of the median. cached: all but the last message was rendered before.");
        host.Out.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, one thread used");
    }

    static void WriteJson(CliHost host, List<Row> rows)
    {
        using (Utf8JsonWriter writer = new(host.Output, JsonWriting.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteNumber("processors", Environment.ProcessorCount);
            writer.WriteStartArray("results");
            foreach (Row row in rows)
                row.Write(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }

    static string Time(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:N2} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:N2} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:N2} s"),
    };

    static string Size(long bytes) => bytes switch
    {
        < 10_000 => $"{Whole(bytes)} B",
        < 10_000_000 => $"{Whole(bytes / 1000)} kB",
        _ => $"{Whole(bytes / 1_000_000)} MB",
    };

    static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    sealed record Row(BenchInput Input, BenchStep Step, BenchTimes Times)
    {
        public double TokensPerSecond => Times.Median > 0 ? Step.TokenCount / Times.Median : 0;

        public double BytesPerSecond => Times.Median > 0 ? Step.ByteCount / Times.Median : 0;

        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("input", Input.Name);
            writer.WriteString("step", Step.Name);
            writer.WriteNumber("conversations", Input.Conversations.Count);
            writer.WriteNumber("messages", Input.Conversations.Sum(conversation => conversation.Messages.Count));
            writer.WriteNumber("tokens", Step.TokenCount);
            writer.WriteNumber("bytes", Step.ByteCount);
            writer.WriteNumber("iterations", Times.Iterations);
            writer.WriteNumber("mean_s", Times.Mean);
            writer.WriteNumber("median_s", Times.Median);
            writer.WriteNumber("min_s", Times.Min);
            writer.WriteNumber("max_s", Times.Max);
            writer.WriteNumber("tokens_per_s", TokensPerSecond);
            writer.WriteNumber("bytes_per_s", BytesPerSecond);
            writer.WriteNumber("allocated_bytes", Times.AllocatedByteCount);
            writer.WriteEndObject();
        }
    }
}
