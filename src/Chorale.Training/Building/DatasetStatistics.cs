namespace Chorale.Training;

/// <summary>What became of the rows. Filled while a data set is built, and whole at its end.</summary>
public sealed class DatasetStatistics
{
    readonly SortedDictionary<int, long> _lengths = [];
    readonly SortedDictionary<int, long> _trainedLengths = [];
    readonly long[] _forms = new long[RowForms.Names.Count];
    readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    readonly long[] _findings = new long[Enum.GetValues<SampleFinding>().Length];
    readonly SortedDictionary<string, long> _splits = new(StringComparer.Ordinal);

    /// <summary>Rows read, bad ones included.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that could not be used.</summary>
    public long BadRows { get; private set; }

    /// <summary>Bytes of rows read, unpacked.</summary>
    public long Bytes { get; private set; }

    /// <summary>Samples made.</summary>
    public long Samples { get; private set; }

    /// <summary>Packs made of them.</summary>
    public long Packs { get; internal set; }

    /// <summary>Ids of all samples.</summary>
    public long Tokens { get; private set; }

    /// <summary>Ids that are learnt.</summary>
    public long TrainedTokens { get; private set; }

    /// <summary>Learnt ids of reasoning.</summary>
    public long AnalysisTokens { get; private set; }

    /// <summary>Learnt ids of words between calls.</summary>
    public long PreambleTokens { get; private set; }

    /// <summary>Learnt ids of calls.</summary>
    public long CallTokens { get; private set; }

    /// <summary>Learnt ids of answers.</summary>
    public long FinalTokens { get; private set; }

    /// <summary>Learnt ids of which it is not known.</summary>
    public long OtherTokens { get; private set; }

    /// <summary>How many samples have each length.</summary>
    public IReadOnlyDictionary<int, long> Lengths => _lengths;

    /// <summary>How many samples have each number of learnt ids.</summary>
    public IReadOnlyDictionary<int, long> TrainedLengths => _trainedLengths;

    /// <summary>Samples of each part.</summary>
    public IReadOnlyDictionary<string, long> Splits => _splits;

    /// <summary>What was mended in histories.</summary>
    public HistoryRepairs Repairs { get; } = new(listed: false);

    /// <summary>Rows of a form.</summary>
    public long RowsOf(RowForm form) => _forms[(int)form];

    /// <summary>Samples dropped for a reason.</summary>
    public long DroppedFor(DropReason reason) => _dropped[(int)reason];

    /// <summary>Samples in which something was found.</summary>
    public long FoundIn(SampleFinding finding) => _findings[(int)finding];

    /// <summary>The length that a share of the samples does not exceed; 0 where there are none.</summary>
    /// <param name="share">In [0, 1].</param>
    /// <param name="ofTrained">Whether learnt ids are counted.</param>
    public int Quantile(double share, bool ofTrained = false)
    {
        long rank = (long)Math.Ceiling(share * Samples), seen = 0;
        foreach ((int length, long count) in ofTrained ? _trainedLengths : _lengths)
        {
            seen += count;
            if (seen >= rank)
                return length;
        }
        return 0;
    }

    internal void AddRow(int bytes, RowForm? form)
    {
        Rows++;
        Bytes += bytes;
        if (form is { } known)
            _forms[(int)known]++;
    }

    internal void AddBadRow() => BadRows++;

    internal void AddDropped(DropReason reason) => _dropped[(int)reason]++;

    internal void AddSample(TrainingSample sample, string? split)
    {
        Samples++;
        Tokens += sample.Ids.Length;
        TrainedTokens += sample.TrainedCount;
        AnalysisTokens += sample.TrainedCounts.Analysis;
        PreambleTokens += sample.TrainedCounts.Preambles;
        CallTokens += sample.TrainedCounts.Calls;
        FinalTokens += sample.TrainedCounts.Final;
        OtherTokens += sample.TrainedCounts.Other;
        Count(_lengths, sample.Ids.Length);
        Count(_trainedLengths, sample.TrainedCount);
        foreach (SampleFinding finding in sample.Findings)
            _findings[(int)finding]++;
        if (split is not null)
            _splits[split] = _splits.GetValueOrDefault(split) + 1;
    }

    static void Count(SortedDictionary<int, long> counts, int key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
