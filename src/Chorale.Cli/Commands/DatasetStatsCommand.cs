using System.CommandLine;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary><c>chorale dataset stats</c>: what samples rows give, or what finished samples hold.</summary>
static class DatasetStatsCommand
{
    public static Command Create(CliHost host)
    {
        DatasetArguments arguments = new();
        Option<FileInfo?> html = new("--html") { Description = "Write a page with histograms instead of the table.", HelpName = "FILE" };
        Option<bool> json = new("--json") { Description = "Print one JSON object." };

        Command command = new("stats", "Count samples, ids, learnt ids and lengths, and what is dropped and why: of rows as build would make them, or of finished input_ids and labels.");
        arguments.AddTo(command);
        command.Add(html);
        command.Add(json);
        command.SetAction((line, cancellationToken) => Task.FromResult(Count(line, cancellationToken)));
        return command;

        int Count(ParseResult line, CancellationToken cancellationToken)
        {
            DatasetBuilder builder = new(arguments.ReadOptions(line, host), arguments.ReadEncoding(line));
            DatasetStatistics statistics = DatasetRun.Run(host, builder, arguments.ReadInputs(line, host), outputs: null, cancellationToken);
            if (line.GetValue(html) is { } page)
                File.WriteAllText(page.FullName, DatasetPage.Write(statistics));
            else if (line.GetValue(json))
                DatasetJson.Write(host, statistics);
            else
                DatasetTable.Write(host.Out, host.OutputIsTerminal && host.Colors, statistics, elapsed: null);
            return ExitCodes.Success;
        }
    }
}
