using System.CommandLine;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary><c>chorale dataset build</c>: rows to samples.</summary>
static class DatasetBuildCommand
{
    public static Command Create(CliHost host)
    {
        DatasetArguments arguments = new();
        Option<string> output = new("--out") { Description = "Where the lines go, gzip where the name ends so; - is standard output. With --split, a file for each part: data.train.jsonl beside data.test.jsonl.", Required = true, HelpName = "OUT" };
        Option<FileInfo?> html = new("--html") { Description = "Also write the statistics as a page with histograms.", HelpName = "FILE" };

        Command command = new("build", "Make training samples of conversations: one for each turn, older reasoning gone, only the turn's own messages learnt.");
        arguments.AddTo(command);
        command.Add(output);
        command.Add(html);
        command.SetAction((line, cancellationToken) => Task.FromResult(Build(line, cancellationToken)));
        return command;

        int Build(ParseResult line, CancellationToken cancellationToken)
        {
            DatasetOptions options = arguments.ReadOptions(line, host);
            IReadOnlyList<DatasetInput> inputs = arguments.ReadInputs(line, host);
            DatasetBuilder builder = new(options, arguments.ReadEncoding(line));
            using DatasetOutputs outputs = new(line.GetValue(output)!, options.Splits, inputs, host);
            long start = host.Time.GetTimestamp();
            DatasetStatistics statistics = DatasetRun.Run(host, builder, inputs, outputs.Streams, cancellationToken);
            outputs.Finish();
            DatasetTable.Write(host.Error, host.ErrorIsTerminal && host.Colors, statistics, host.Time.GetElapsedTime(start));
            if (line.GetValue(html) is { } page)
                File.WriteAllText(page.FullName, DatasetPage.Write(statistics));
            return ExitCodes.Success;
        }
    }
}
