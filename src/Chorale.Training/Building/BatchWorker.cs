using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Training;

/// <summary>Makes samples of rows. Not for several threads at once; each has its own.</summary>
sealed class BatchWorker
{
    readonly HarmonyEncoding _encoding;
    readonly DatasetOptions _options;
    readonly RowConverter _converter;
    readonly SampleBuilder _builder;
    readonly SampleLines _lines;
    readonly MarkerSampler? _markers;
    readonly bool _writesLines;
    readonly int? _maxTokens;

    public BatchWorker(HarmonyEncoding encoding, DatasetOptions options, bool writesLines)
    {
        _encoding = encoding;
        _options = options;
        _maxTokens = options.PackTokens is { } pack ? Math.Min(pack, options.Samples.MaxTokens ?? pack) : options.Samples.MaxTokens;
        _converter = new(options);
        _builder = new(encoding, options.Samples with { MaxTokens = _maxTokens });
        _lines = new(encoding, options);
        _markers = options.ResponsesOnly is { } mask ? new(encoding, mask) : null;
        _writesLines = writesLines && options.PackTokens is null;
    }

    public BatchResult Work(RecordBatch batch, BatchResult result)
    {
        foreach (RawRecord record in batch.Records)
        {
            RowResult row = new() { Record = record, Problem = record.Problem };
            if (record.Problem is null)
                Work(batch, row, result);
            result.Rows.Add(row);
        }
        return result;
    }

    void Work(RecordBatch batch, RowResult row, BatchResult result)
    {
        try
        {
            List<TrainingSample> samples = [];
            double place = batch.Layout == RecordLayout.Harmony
                ? Build(new Row(RowForm.HarmonyText, null, HarmonyTextReader.Read(Encoding.UTF8.GetString(batch.BytesOf(row.Record).Span))), row, samples, result.Repairs)
                : BuildJson(batch.BytesOf(row.Record), row, samples, result.Repairs);
            foreach (TrainingSample sample in samples)
                Take(sample, place, row, result);
        }
        catch (JsonException e)
        {
            row.Problem = $"not JSON: {OneLine(e.Message)}";
        }
        catch (Exception e) when (e is HistoryFormatException or HarmonyException or TemplateRenderException or FormatException or ArgumentException)
        {
            row.Problem = OneLine(e.Message);
        }
    }

    double BuildJson(ReadOnlyMemory<byte> json, RowResult row, List<TrainingSample> samples, HistoryRepairs repairs)
    {
        using JsonDocument document = JsonDocument.Parse(json, JsonText.ReadOptions);
        if (!BuiltSample.Is(document.RootElement))
            return Build(RowReader.Read(document.RootElement, _options.Form, repairs), row, samples, repairs);
        TrainingSample sample = BuiltSample.Read(document.RootElement, _encoding);
        if (sample.Trained.Count == 0)
            row.Dropped.Add(DropReason.NothingLearnt);
        else if (sample.Ids.Length > _maxTokens)
            row.Dropped.Add(DropReason.TooLong);
        else
            samples.Add(sample);
        StableHash hash = StableHash.Create();
        hash.Add(sample.Ids);
        return hash.Share;
    }

    double Build(Row read, RowResult row, List<TrainingSample> samples, HistoryRepairs repairs)
    {
        row.Form = read.Form;
        if (_markers is null)
        {
            _builder.Build(_converter.Convert(read, repairs, out double place), samples, row.Dropped);
            if (samples.Count == 0 && row.Dropped.Count == 0)
                row.Dropped.Add(DropReason.NothingLearnt);   // nobody answered
            return place;
        }
        History history = _converter.ToHistory(read, repairs, out double where, out DateOnly? date);
        if (_markers.Build(history, date, _maxTokens, out DropReason reason) is { } sample)
            samples.Add(sample);
        else
            row.Dropped.Add(reason);
        return where;
    }

    void Take(TrainingSample sample, double place, RowResult row, BatchResult result)
    {
        if (_options.Output == DatasetOutput.Text && sample.Findings.Contains(SampleFinding.MarkerInContent))
        {
            row.Dropped.Add(DropReason.MarkersInText);
            return;
        }
        int start = result.Lines.WrittenCount;
        if (_writesLines)
            _lines.Write(sample, _options.WithSource ? new RowError(result.File, row.Record.Line, "") : null, result.Lines);
        StableHash hash = StableHash.Create();
        if (_options.RemoveDuplicates)
        {
            hash.Add(sample.Ids);
            foreach (TokenRun run in sample.Trained)
            {
                hash.Add(run.Start);
                hash.Add(run.Length);
            }
        }
        row.Samples.Add(new(sample, SplitOf(place), hash.First, hash.Second, start, result.Lines.WrittenCount - start));
    }

    int SplitOf(double place)
    {
        for (int i = 0; i < _options.Splits.Count - 1; i++)
        {
            place -= _options.Splits[i].Share;
            if (place < 0)
                return i;
        }
        return Math.Max(0, _options.Splits.Count - 1);
    }

    static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
