using System.CommandLine;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>The options of a model without weights, which is written where it is not there yet.</summary>
sealed class SyntheticArguments
{
    readonly Option<string?> _shape = new("--synthetic") { Description = "A file with random weights of the published model's tensors, types and sizes, made in a cache folder and kept there: 12.1 GB for gpt-oss-20b, 63.4 GB for gpt-oss-120b.", HelpName = "gpt-oss-20b|gpt-oss-120b" };
    readonly Option<int?> _layers = SharedOptions.Checked(new Option<int?>("--layers") { Description = "How many layers a synthetic model has; without it, all.", HelpName = "N" }, n => n is >= 1 and <= 36, "from 1 to 36");
    readonly Option<bool> _writeOnly = new("--write-only") { Description = "Write the synthetic model, print its path and measure nothing." };
    readonly Option<DirectoryInfo?> _cache = new("--cache") { Description = $"The folder of synthetic models; without it, {SyntheticCache.DefaultFolder}.", HelpName = "DIR" };

    public SyntheticArguments() => _shape.AcceptOnlyFromAmong([.. SyntheticShape.Published.Select(shape => shape.Name)]);

    public void AddTo(Command command)
    {
        command.Add(_shape);
        command.Add(_layers);
        command.Add(_cache);
        command.Add(_writeOnly);
    }

    /// <summary>Whether the file is all that is wanted.</summary>
    public bool IsWriteOnly(ParseResult line) => line.GetValue(_writeOnly);

    /// <summary>The file to measure, written first where it is not there; null where no synthetic model is asked for.</summary>
    public string? Find(CliHost host, ParseResult line, string? model, CancellationToken cancellationToken)
    {
        if (line.GetValue(_shape) is not { } name)
        {
            return line.GetValue(_layers) is null && line.GetValue(_cache) is null && !IsWriteOnly(line) ? null
                : throw new CliException("--layers, --cache and --write-only are for --synthetic.", ExitCodes.Usage);
        }
        if (model is not null)
            throw new CliException($"--synthetic makes a model of its own, found '{model}' too.", ExitCodes.Usage);
        SyntheticShape shape = SyntheticShape.Published.First(published => published.Name == name);
        if (line.GetValue(_layers) > shape.Layers)
            throw new CliException($"--layers must be at most {shape.Layers} for {name}, found {line.GetValue(_layers)}.", ExitCodes.Usage);
        shape = shape with { Layers = line.GetValue(_layers) ?? shape.Layers };
        SyntheticCache cache = new(line.GetValue(_cache)?.FullName ?? SyntheticCache.DefaultFolder);
        if (!cache.Contains(shape))
            Write(host, cache, shape, cancellationToken);
        return cache.PathOf(shape);
    }

    static void Write(CliHost host, SyntheticCache cache, SyntheticShape shape, CancellationToken cancellationToken)
    {
        using CancellationTokenSource interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using IDisposable? subscription = host.OnInterrupt?.Invoke(interrupted.Cancel);
        if (!host.ErrorIsTerminal)
        {
            host.Error.WriteLine($"[writing {cache.PathOf(shape)}]");
            cache.Write(shape, (_, _) => { }, interrupted.Token);
            return;
        }
        IAnsiConsole console = Terminal.CreateForError(host);
        console.Profile.Capabilities.Interactive = console.Profile.Capabilities.Ansi;    // a bar that moves wants both
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask task = progress.AddTask(Markup.Escape(Path.GetFileName(cache.PathOf(shape))));
                cache.Write(shape, (done, all) => task.MaxValue(all).Value(done), interrupted.Token);
            });
    }
}
