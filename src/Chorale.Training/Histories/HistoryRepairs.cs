namespace Chorale.Training;

/// <summary>Collects repairs: each of them, or only how many of each kind. Not for several threads at once.</summary>
/// <param name="listed">False only counts, which costs nothing.</param>
public sealed class HistoryRepairs(bool listed = true)
{
    readonly List<HistoryRepair> _list = [];
    readonly long[] _counts = new long[Enum.GetValues<HistoryRepairKind>().Length];

    /// <summary>Each repair in order; empty where they are only counted.</summary>
    public IReadOnlyList<HistoryRepair> List => _list;

    /// <summary>How many there were of a kind.</summary>
    public long this[HistoryRepairKind kind] => _counts[(int)kind];

    internal void Add(HistoryRepairKind kind, int messageIndex, string? detail = null)
    {
        _counts[(int)kind]++;
        if (listed)
            _list.Add(new(kind, messageIndex, detail));
    }

    internal void Add(HistoryRepairs other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }
}
