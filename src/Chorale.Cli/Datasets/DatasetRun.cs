using Chorale.Harmony;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Runs a builder over files: bad rows by name on standard error, a bar on a terminal.</summary>
static class DatasetRun
{
    public static DatasetStatistics Run(CliHost host, DatasetBuilder builder, IReadOnlyList<DatasetInput> inputs, IReadOnlyList<Stream>? outputs, CancellationToken cancellationToken)
    {
        DatasetProgress progress = new(host, DatasetFiles.SizeOf(inputs));
        try
        {
            return builder.Build(inputs, outputs, error => Tell(host, progress, error), progress.Report, cancellationToken);
        }
        catch (DatasetException e)
        {
            throw new CliException(Printable.Escape(e.Message));
        }
        finally
        {
            progress.Clear();
        }
    }

    public static void Tell(CliHost host, DatasetProgress? progress, RowError error)
    {
        progress?.Clear();
        host.Error.WriteLine(Printable.Escape(error.ToString()));
    }
}
