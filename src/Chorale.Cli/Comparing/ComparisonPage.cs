using System.Globalization;
using System.Net;
using System.Text;
using Chorale.Harmony;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Renderings side by side as a page of HTML that needs nothing else.</summary>
static class ComparisonPage
{
    const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Renderings</title>
        <style>
        :root{color-scheme:light dark}
        body{font:15px/1.5 system-ui,sans-serif;margin:1.5rem}
        table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}
        .side{table-layout:fixed}
        th{text-align:left}
        td,th{border:1px solid #8886;padding:.3rem .6rem;vertical-align:top}
        pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace}
        mark{background:#f59e0b;color:#000}
        .after{background:#f59e0b2e}
        </style></head><body>

        """;

    public static string Write(TemplateComparison comparison)
    {
        StringBuilder page = new(Head);
        page.Append("<h1>").Append(Encode(string.Join(", ", comparison.Renderings.Select(rendering => rendering.Name)))).Append("</h1>\n<ul>\n");
        for (int i = 1; i < comparison.Renderings.Count; i++)
        {
            RenderingDifference? difference = comparison.Differences.FirstOrDefault(found => found.Index == i);
            page.Append(CultureInfo.InvariantCulture, $"<li><b>{Encode(comparison.Renderings[0].Name)} and {Encode(comparison.Renderings[i].Name)}</b>: {(difference is null ? "the same" : Encode(Printable.Escape(difference.Reason)))}</li>\n");
        }
        page.Append("</ul>\n");
        Facts(page, comparison);
        Heads(page.Append("<table class=\"side\">\n<tr>"), comparison);
        foreach (IReadOnlyList<int?> row in comparison.Rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                page.Append("<td>");
                if (row[i] is { } block)
                    Block(page, comparison, i, comparison.Renderings[i].Blocks[block]);
                page.Append("</td>");
            }
            page.Append("</tr>\n");
        }
        if (comparison.Renderings.Any(rendering => rendering.Error is not null))
            page.Append("<tr>").AppendJoin("", comparison.Renderings.Select(rendering => $"<td>{Encode(rendering.Error is null ? "" : $"refused: {Printable.Escape(rendering.Error)}")}</td>")).Append("</tr>\n");
        return page.Append("</table>\n</body></html>\n").ToString();
    }

    static void Heads(StringBuilder page, TemplateComparison comparison) =>
        page.AppendJoin("", comparison.Renderings.Select(rendering => $"<th>{Encode(rendering.Name)}</th>")).Append("</tr>\n");

    static void Facts(StringBuilder page, TemplateComparison comparison)
    {
        Heads(page.Append("<table>\n<tr><th></th>"), comparison);
        foreach (RenderingFact fact in comparison.Facts)
            page.Append("<tr><th>").Append(Encode(fact.Name)).Append("</th>").AppendJoin("", fact.Values.Select(value => $"<td>{Encode(Printable.Escape(value))}</td>")).Append("</tr>\n");
        page.Append("</table>\n");
    }

    static void Block(StringBuilder page, TemplateComparison comparison, int index, RenderedBlock block)
    {
        string text = comparison.Renderings[index].Text.Substring(block.Start, block.Length);
        int mark = (ComparisonPrinter.MarkOf(comparison, index) ?? int.MaxValue) - block.Start;
        if (mark >= text.Length)
            page.Append("<pre>").Append(Lines(text)).Append("</pre>");
        else if (mark < 0)
            page.Append("<pre class=\"after\">").Append(Lines(text)).Append("</pre>");
        else
            page.Append("<pre>").Append(Lines(text[..mark])).Append("<mark>").Append(Lines(text[mark..])).Append("</mark></pre>");
    }

    static string Lines(string text) => Encode(string.Join('\n', text.Split('\n').Select(line => Printable.Escape(line))));

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
