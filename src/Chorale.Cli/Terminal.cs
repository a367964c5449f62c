using Spectre.Console;

namespace Chorale.Cli;

/// <summary>A Spectre console over the host's standard output.</summary>
static class Terminal
{
    /// <summary>Wide enough that tables piped elsewhere are not wrapped.</summary>
    const int PipeWidth = 240;

    public static IAnsiConsole Create(CliHost host)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(host.Out),
            Ansi = host is { OutputIsTerminal: true, Colors: true } ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = host.Colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!host.OutputIsTerminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
