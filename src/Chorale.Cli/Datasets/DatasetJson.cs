using System.Globalization;
using System.Text.Json;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>Statistics as one object of JSON.</summary>
static class DatasetJson
{
    public static void Write(CliHost host, DatasetStatistics statistics)
    {
        using (Utf8JsonWriter writer = new(host.Output, JsonWriting.Options))
        {
            writer.WriteStartObject();
            Numbers(writer, "rows", [("read", statistics.Rows), ("bad", statistics.BadRows), .. Enum.GetValues<RowForm>().Select(form => (RowForms.NameOf(form), statistics.RowsOf(form)))]);
            writer.WriteNumber("bytes", statistics.Bytes);
            writer.WriteNumber("samples", statistics.Samples);
            writer.WriteNumber("packs", statistics.Packs);
            writer.WriteNumber("tokens", statistics.Tokens);
            writer.WriteNumber("trained_tokens", statistics.TrainedTokens);
            Numbers(writer, "trained_in", [("analysis", statistics.AnalysisTokens), ("preambles", statistics.PreambleTokens), ("calls", statistics.CallTokens), ("final", statistics.FinalTokens), ("other", statistics.OtherTokens)]);
            Numbers(writer, "splits", statistics.Splits.Select(split => (split.Key, split.Value)));
            Numbers(writer, "dropped", Enum.GetValues<DropReason>().Select(reason => (SnakeCase(reason.ToString()), statistics.DroppedFor(reason))));
            Numbers(writer, "found", Enum.GetValues<SampleFinding>().Select(finding => (SnakeCase(finding.ToString()), statistics.FoundIn(finding))));
            Numbers(writer, "repairs", Enum.GetValues<HistoryRepairKind>().Select(kind => (SnakeCase(kind.ToString()), statistics.Repairs[kind])));
            Quantiles(writer, "lengths", statistics, ofTrained: false);
            Quantiles(writer, "trained_lengths", statistics, ofTrained: true);
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }

    static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<(string Name, long Value)> numbers)
    {
        writer.WriteStartObject(name);
        foreach ((string key, long value) in numbers)
            if (value > 0 || name == "rows")
                writer.WriteNumber(key, value);
        writer.WriteEndObject();
    }

    static void Quantiles(Utf8JsonWriter writer, string name, DatasetStatistics statistics, bool ofTrained)
    {
        writer.WriteStartObject(name);
        foreach ((string key, double share) in (ReadOnlySpan<(string, double)>)[("min", 0), ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("max", 1)])
            writer.WriteNumber(key, statistics.Quantile(share, ofTrained));
        writer.WriteStartObject("histogram");
        foreach (LengthBin bin in LengthBin.Of(ofTrained ? statistics.TrainedLengths : statistics.Lengths))
            writer.WriteNumber(string.Create(CultureInfo.InvariantCulture, $"{bin.First}-{bin.Last}"), bin.Count);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
