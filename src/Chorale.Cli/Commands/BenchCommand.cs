using System.CommandLine;

namespace Chorale.Cli;

/// <summary><c>chorale bench</c>: how fast things are on this machine, a subcommand a thing.</summary>
static class BenchCommand
{
    public static Command Create(CliHost host) =>
        new("bench", "Measure how fast things are on this machine.") { BenchHarmonyCommand.Create(host) };
}
