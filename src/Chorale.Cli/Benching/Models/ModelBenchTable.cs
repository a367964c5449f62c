using System.Globalization;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>Prints a report for people.</summary>
sealed class ModelBenchTable(CliHost host)
{
    public void Write(ModelBenchReport report)
    {
        host.Out.WriteLine($"{report.Path}{(report.Model.Length > 0 ? $": {report.Model}" : "")}");
        host.Out.WriteLine($"{report.Layers} layers, {report.Experts} experts, {Giga(report.WeightBytes)} GB of weights; {Mega(report.BytesPerToken)} MB a token: "
            + $"experts {Mega(report.BytesPerTokenOf.Experts)}, attention {Mega(report.BytesPerTokenOf.Attention)}, output {Mega(report.BytesPerTokenOf.Output)}, other {Mega(report.BytesPerTokenOf.Other)}");
        host.Out.WriteLine($"{report.Processor}, {report.Processors} processors; {report.Runtime}; precision {report.Precision}, weights {(report.Loading == "map" ? "mapped" : "repacked")}");
        IAnsiConsole console = Terminal.Create(host);
        console.Write(Speeds(report));
        console.Write(Loads(report));
        host.Out.WriteLine($"Median (min..max) of {report.Rounds} after {report.Warmup} to warm up. GB/s is what the token's weights come to; memory GB/s was measured before each round with the same threads.");
        host.Out.WriteLine("loaded and peak are the memory of the process, mapped the pages of files in it at the end.");
    }

    static Table Speeds(ModelBenchReport report)
    {
        Table table = Columns("test", "threads", "tokens/s", "GB/s", "memory GB/s", "share");
        foreach (ModelBenchRun run in report.Runs)
        {
            foreach (ModelBenchResult result in run.Results)
            {
                bool isDecode = result.BandwidthBytesPerS is not null;
                table.AddRow(
                    result.Name,
                    run.Threads.ToString(CultureInfo.InvariantCulture),
                    result.TokensPerS.ToString(),
                    isDecode ? Giga(result.TokensPerS.Median * report.BytesPerToken) : "",
                    isDecode ? Giga(result.BandwidthBytesPerS!.Median) : "",
                    isDecode ? result.BandwidthShare!.Median.ToString("P0", CultureInfo.InvariantCulture) : "");
            }
        }
        return table;
    }

    static Table Loads(ModelBenchReport report)
    {
        Table table = Columns("threads", "load s", $"first {ModelMeasure.FirstPromptLength} ids s", "loaded GB", "peak GB", "mapped GB");
        foreach (ModelBenchRun run in report.Runs)
        {
            table.AddRow(
                run.Threads.ToString(CultureInfo.InvariantCulture),
                run.LoadS.ToString("N2", CultureInfo.InvariantCulture),
                run.FirstPromptS.ToString("N2", CultureInfo.InvariantCulture),
                Giga(run.LoadedBytes),
                Giga(run.PeakBytes),
                run.MappedBytes is { } mapped ? Giga(mapped) : "");
        }
        return table;
    }

    static Table Columns(params string[] names)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(names);
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        return table;
    }

    static string Giga(double bytes) => (bytes / 1e9).ToString("N2", CultureInfo.InvariantCulture);

    static string Mega(double bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture);
}
