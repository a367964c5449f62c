using System.Globalization;
using System.Net;
using System.Text;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Statistics as a page of HTML that needs nothing else.</summary>
static class DatasetPage
{
    const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Data set</title>
        <style>
        :root{color-scheme:light dark}
        body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse;margin:0 0 1.5rem}
        td{padding:.15rem 1.5rem .15rem 0;vertical-align:top}
        td+td{font-variant-numeric:tabular-nums}
        .bars{display:grid;grid-template-columns:max-content max-content 1fr;gap:2px .8rem;align-items:center;margin-bottom:1.5rem;font-variant-numeric:tabular-nums}
        .bars span{text-align:right}
        .bars i{display:block;height:1rem;background:#3b82f6;min-width:1px}
        </style></head><body>
        <h1>Data set</h1>

        """;

    public static string Write(DatasetStatistics statistics)
    {
        StringBuilder page = new(Head);
        foreach ((string heading, IReadOnlyList<(string Name, string Value)> lines) in DatasetTable.Sections(statistics, elapsed: null))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(heading)}</h2>\n<table>\n");
            foreach ((string name, string value) in lines)
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(name)}</td><td>{WebUtility.HtmlEncode(value)}</td></tr>\n");
            page.Append("</table>\n");
        }
        Bars(page, "ids a sample", statistics.Lengths);
        Bars(page, "learnt ids a sample", statistics.TrainedLengths);
        return page.Append("</body></html>\n").ToString();
    }

    static void Bars(StringBuilder page, string heading, IReadOnlyDictionary<int, long> lengths)
    {
        IReadOnlyList<LengthBin> bins = LengthBin.Of(lengths);
        if (bins.Count == 0)
            return;
        long most = bins.Max(bin => bin.Count);
        page.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(heading)}</h2>\n<div class=\"bars\">\n");
        foreach (LengthBin bin in bins)
            page.Append(CultureInfo.InvariantCulture, $"<span>{DatasetTable.RangeOf(bin)}</span><span>{bin.Count:#,0}</span><i style=\"width:{100.0 * bin.Count / most:0.0}%\"></i>\n");
        page.Append("</div>\n");
    }
}
