using Spectre.Console;

namespace Chorale.Cli;

/// <summary>A Spectre console over the host's streams.</summary>
static class Terminal
{
    /// <summary>Wide enough that tables piped elsewhere are not wrapped.</summary>
    const int PipeWidth = 240;

    /// <summary>Over standard output.</summary>
    public static IAnsiConsole Create(CliHost host) => Create(host.Out, host.OutputIsTerminal, host.Colors);

    /// <summary>Over standard error.</summary>
    public static IAnsiConsole CreateForError(CliHost host) => Create(host.Error, host.ErrorIsTerminal, host.Colors);

    static IAnsiConsole Create(TextWriter writer, bool isTerminal, bool colors)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal && colors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
