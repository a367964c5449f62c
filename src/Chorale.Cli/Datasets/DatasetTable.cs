using System.Globalization;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Statistics as lines for a person.</summary>
static class DatasetTable
{
    const int BarWidth = 40;

    public static void Write(TextWriter writer, bool isStyled, DatasetStatistics statistics, TimeSpan? elapsed)
    {
        foreach ((string heading, IReadOnlyList<(string Name, string Value)> lines) in Sections(statistics, elapsed))
        {
            writer.WriteLine(isStyled ? $"\e[1m{heading}\e[0m" : heading);
            int width = lines.Max(line => line.Name.Length);
            foreach ((string name, string value) in lines)
                writer.WriteLine($"  {name.PadRight(width)}  {value}");
        }
        Histogram(writer, isStyled, "ids a sample", statistics.Lengths);
        Histogram(writer, isStyled, "learnt ids a sample", statistics.TrainedLengths);
    }

    /// <summary>All but the histograms, as headings with names and values.</summary>
    public static IEnumerable<(string Heading, IReadOnlyList<(string Name, string Value)> Lines)> Sections(DatasetStatistics statistics, TimeSpan? elapsed)
    {
        List<(string, string)> rows = [("read", Number(statistics.Rows)), ("bad", Number(statistics.BadRows))];
        rows.AddRange(Enum.GetValues<RowForm>().Where(form => statistics.RowsOf(form) > 0).Select(form => (RowForms.NameOf(form), Number(statistics.RowsOf(form)))));
        if (elapsed is { TotalSeconds: > 0 } time)
            rows.Add(("speed", string.Create(CultureInfo.InvariantCulture, $"{statistics.Bytes / 1e6:0.0} MB in {time.TotalSeconds:0.0} s, {statistics.Bytes / 1e6 / time.TotalSeconds:0.0} MB/s")));
        yield return ("rows", rows);

        List<(string, string)> samples = [("samples", Number(statistics.Samples))];
        if (statistics.Packs > 0)
            samples.Add(("packs", Number(statistics.Packs)));
        samples.AddRange(statistics.Splits.Select(split => (split.Key, $"{Number(split.Value)} ({Share(split.Value, statistics.Samples)})")));
        samples.Add(("ids", Number(statistics.Tokens)));
        samples.Add(("learnt ids", $"{Number(statistics.TrainedTokens)} ({Share(statistics.TrainedTokens, statistics.Tokens)})"));
        foreach ((string name, long count) in (ReadOnlySpan<(string, long)>)[("analysis", statistics.AnalysisTokens), ("preambles", statistics.PreambleTokens), ("calls", statistics.CallTokens), ("final", statistics.FinalTokens)])
            if (count > 0)
                samples.Add(($"  {name}", $"{Number(count)} ({Share(count, statistics.TrainedTokens)})"));
        if (statistics.Samples > 0)
        {
            samples.Add(("ids a sample", Quantiles(statistics, ofTrained: false)));
            samples.Add(("learnt a sample", Quantiles(statistics, ofTrained: true)));
        }
        yield return ("samples", samples);

        List<(string, string)> dropped = [.. Enum.GetValues<DropReason>().Where(reason => statistics.DroppedFor(reason) > 0).Select(reason => (reason.Describe(), Number(statistics.DroppedFor(reason))))];
        if (dropped.Count > 0)
            yield return ("dropped", dropped);
        List<(string, string)> found = [.. Enum.GetValues<SampleFinding>().Where(finding => statistics.FoundIn(finding) > 0).Select(finding => (finding.Describe(), Number(statistics.FoundIn(finding))))];
        if (found.Count > 0)
            yield return ("noted in samples", found);
        List<(string, string)> mended = [.. Enum.GetValues<HistoryRepairKind>().Where(kind => statistics.Repairs[kind] > 0).Select(kind => (HistoryRepair.Describe(kind), Number(statistics.Repairs[kind])))];
        if (mended.Count > 0)
            yield return ("mended in messages", mended);
    }

    static void Histogram(TextWriter writer, bool isStyled, string heading, IReadOnlyDictionary<int, long> lengths)
    {
        IReadOnlyList<LengthBin> bins = LengthBin.Of(lengths);
        if (bins.Count == 0)
            return;
        writer.WriteLine(isStyled ? $"\e[1m{heading}\e[0m" : heading);
        long most = bins.Max(bin => bin.Count);
        string[] names = [.. bins.Select(RangeOf)];
        int width = names.Max(name => name.Length), digits = Number(most).Length;
        for (int i = 0; i < bins.Count; i++)
            writer.WriteLine($"  {names[i].PadLeft(width)}  {Number(bins[i].Count).PadLeft(digits)}  {new string('█', (int)(bins[i].Count * BarWidth / most))}".TrimEnd());
    }

    public static string RangeOf(LengthBin bin) => bin.First == bin.Last ? Number(bin.First) : $"{Number(bin.First)}–{Number(bin.Last)}";

    static string Quantiles(DatasetStatistics statistics, bool ofTrained) => string.Create(CultureInfo.InvariantCulture,
        $"least {statistics.Quantile(0, ofTrained)}, median {statistics.Quantile(0.5, ofTrained)}, 95 % {statistics.Quantile(0.95, ofTrained)}, 99 % {statistics.Quantile(0.99, ofTrained)}, most {statistics.Quantile(1, ofTrained)}");

    static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    static string Share(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{(whole == 0 ? 0 : 100.0 * part / whole):0.0} %");
}
