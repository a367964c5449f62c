namespace Chorale.Server;

/// <summary>Counts durations by size, as Prometheus' histograms do. Threads share it.</summary>
/// <param name="bounds">The upper ends of the buckets, in seconds, ascending.</param>
sealed class Histogram(params double[] bounds)
{
    readonly long[] _counts = new long[bounds.Length + 1];
    long _ticks;

    /// <summary>The upper ends, in seconds.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>The sum of all durations.</summary>
    public TimeSpan Sum => new(Interlocked.Read(ref _ticks));

    /// <summary>Counts a duration.</summary>
    public void Record(TimeSpan duration)
    {
        int bucket = Array.BinarySearch(bounds, duration.TotalSeconds);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    /// <summary>How many there are in each bucket, the last one without an upper end.</summary>
    public long[] Counts() => [.. _counts.Select((_, i) => Interlocked.Read(ref _counts[i]))];
}
