using System.Text;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>Lines in colour on a terminal and plain elsewhere, written in blocks: a hundred thousand are no trouble.</summary>
/// <param name="host">Standard output is written to.</param>
sealed class StyledLines(CliHost host)
{
    const int BlockLines = 512;

    readonly bool _isStyled = host is { OutputIsTerminal: true, Colors: true };
    readonly StringBuilder _plain = new();
    readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);
    IAnsiConsole? _console;
    Paragraph _paragraph = new();
    int _lines;

    /// <summary>How many cells a line has: as many as the terminal, unless it is set.</summary>
    public int Width
    {
        get => Console.Profile.Width;
        set => Console.Profile.Width = value;
    }

    IAnsiConsole Console => _console ??= Terminal.Create(host);

    /// <summary>Adds text to the line. It must be safe to print already.</summary>
    /// <param name="text">Without line breaks.</param>
    /// <param name="style">As Spectre names it, <c>yellow</c>; null for none.</param>
    public StyledLines Append(string text, string? style = null)
    {
        if (text.Length == 0)
            return this;
        if (_isStyled)
            _paragraph.Append(text, StyleOf(style));
        else
            _plain.Append(text);
        return this;
    }

    /// <summary>Ends the line.</summary>
    public void Line()
    {
        Append("\n");
        if (++_lines % BlockLines == 0)
            Flush();
    }

    /// <summary>Writes what is left.</summary>
    public void Flush()
    {
        if (_isStyled)
            Console.Write(_paragraph);
        else
            host.Out.Write(_plain);
        _paragraph = new();
        _plain.Clear();
    }

    Style? StyleOf(string? style)
    {
        if (style is null)
            return null;
        if (!_styles.TryGetValue(style, out Style? parsed))
            _styles[style] = parsed = Style.Parse(style);
        return parsed;
    }
}
