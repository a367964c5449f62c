using System.Text;
using Chorale.Harmony;
using Chorale.Training;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>Prints renderings side by side; the first difference is marked with », and red on a terminal.</summary>
sealed class ComparisonPrinter
{
    const int NarrowestColumn = 20;
    const string Mark = "»";

    readonly StyledLines _lines;
    readonly int _width;

    public ComparisonPrinter(CliHost host, int? width)
    {
        _lines = new(host);
        if (width is { } wanted)
            _lines.Width = wanted;
        _width = width ?? (host.OutputIsTerminal ? _lines.Width : 160);
    }

    public void Print(TemplateComparison comparison)
    {
        int columns = comparison.Renderings.Count;
        int column = Math.Max(NarrowestColumn, (_width - (3 * (columns - 1))) / columns);
        _lines.Width = Math.Max(_lines.Width, (column + 3) * columns);
        Row([.. comparison.Renderings.Select(rendering => new[] { new CellLine(rendering.Name, "") })], column, "bold");
        Rule(columns, column);
        foreach (IReadOnlyList<int?> row in comparison.Rows)
        {
            Row([.. row.Select((block, i) => block is { } at ? Wrap(comparison, i, comparison.Renderings[i].Blocks[at], column) : [])], column, style: null);
            Rule(columns, column);
        }
        foreach (ComparedRendering refused in comparison.Renderings.Where(rendering => rendering.Error is not null))
            _lines.Append($"{refused.Name} refuses: {Printable.Escape(refused.Error)}", "red").Line();
        Facts(comparison);
        for (int i = 1; i < columns; i++)
        {
            RenderingDifference? difference = comparison.Differences.FirstOrDefault(found => found.Index == i);
            _lines.Append($"{comparison.Renderings[0].Name} and {comparison.Renderings[i].Name}: ", "bold")
                .Append(difference is null ? "the same" : Printable.Escape(difference.Reason), difference is null ? "green" : "yellow").Line();
        }
        _lines.Flush();
    }

    /// <summary>Where a rendering first differs: from the first one, or for that from the one nearest to it.</summary>
    internal static int? MarkOf(TemplateComparison comparison, int index) =>
        index > 0 ? comparison.Differences.FirstOrDefault(found => found.Index == index)?.At
        : comparison.Differences.Count == 0 ? null : comparison.Differences.Max(found => found.At);

    void Facts(TemplateComparison comparison)
    {
        int name = comparison.Facts.Max(fact => fact.Name.Length);
        int[] widths = [.. comparison.Renderings.Select((rendering, i) => Math.Max(rendering.Name.Length, comparison.Facts.Max(fact => Printable.Escape(fact.Values[i]).Length)))];
        _lines.Append($"{new string(' ', name)}  {string.Join("  ", comparison.Renderings.Select((rendering, i) => rendering.Name.PadRight(widths[i])))}".TrimEnd(), "bold").Line();
        foreach (RenderingFact fact in comparison.Facts)
            _lines.Append(fact.Name.PadRight(name), "grey").Append($"  {string.Join("  ", fact.Values.Select((value, i) => Printable.Escape(value).PadRight(widths[i])))}".TrimEnd()).Line();
    }

    void Rule(int columns, int column) => _lines.Append(string.Join("─┼─", Enumerable.Repeat(new string('─', column), columns)), "grey").Line();

    void Row(IReadOnlyList<IReadOnlyList<CellLine>> cells, int column, string? style)
    {
        int height = cells.Max(cell => cell.Count);
        for (int line = 0; line < height; line++)
        {
            for (int i = 0; i < cells.Count; i++)
            {
                if (i > 0)
                    _lines.Append(" │ ", "grey");
                CellLine cell = line < cells[i].Count ? cells[i][line] : new("", "");
                int rest = column - CellsOf(cell.Before) - CellsOf(cell.After);
                _lines.Append(cell.Before, style).Append(cell.After, "red").Append(i + 1 < cells.Count ? new string(' ', Math.Max(0, rest)) : "");
            }
            _lines.Line();
        }
    }

    static CellLine[] Wrap(TemplateComparison comparison, int index, RenderedBlock block, int column)
    {
        string text = comparison.Renderings[index].Text.Substring(block.Start, block.Length);
        int mark = MarkOf(comparison, index) is { } difference ? difference - block.Start : int.MaxValue;
        if (mark == block.Length && block.Start + block.Length < comparison.Renderings[index].Text.Length)
            mark = int.MaxValue;   // it belongs to the next message
        List<CellLine> lines = [];
        StringBuilder before = new(), after = new();
        int cells = 0;
        int length;
        for (int at = 0; at < text.Length; at += length)
        {
            length = LengthAt(text, at);
            if (at == mark)
                Add(Mark, isAfter: true);
            if (text[at] == '\n')
                End();
            else
                Add(Printable.Escape(text.AsSpan(at, length)), mark <= at);
        }
        if (mark == text.Length)
            Add(Mark, isAfter: true);
        if (before.Length + after.Length > 0 || lines.Count == 0)
            End();
        return [.. lines];

        void Add(string piece, bool isAfter)
        {
            int wide = CellsOf(piece);
            if (cells + wide > column && cells > 0)
                End();
            (isAfter ? after : before).Append(piece);
            cells += wide;
        }

        void End()
        {
            lines.Add(new(before.ToString(), after.ToString()));
            before.Clear();
            after.Clear();
            cells = 0;
        }
    }

    /// <summary>A surrogate pair is one piece.</summary>
    static int LengthAt(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;

    static int CellsOf(string text)
    {
        int cells = 0, length;
        for (int at = 0; at < text.Length; at += length)
        {
            length = LengthAt(text, at);
            cells += length == 2 ? 2 : text[at] < 0x7F ? 1 : Math.Max(0, text[at].GetCellWidth());
        }
        return cells;
    }
}
