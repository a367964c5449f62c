using System.CommandLine;

namespace Chorale.Cli;

/// <summary><c>chorale dataset</c>: histories to training samples.</summary>
static class DatasetCommand
{
    public static Command Create(CliHost host) => new("dataset", "Make training samples of conversations, count them, look at them.")
    {
        DatasetBuildCommand.Create(host),
        DatasetStatsCommand.Create(host),
        DatasetShowCommand.Create(host),
    };
}
