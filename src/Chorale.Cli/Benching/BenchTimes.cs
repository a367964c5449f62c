namespace Chorale.Cli;

/// <summary>How long something took, over several iterations, in seconds.</summary>
sealed class BenchTimes
{
    /// <summary>Takes the time of each iteration, at least one.</summary>
    public BenchTimes(double[] seconds, long allocatedByteCount)
    {
        Iterations = seconds.Length;
        Mean = seconds.Average();
        (Median, Min, Max) = Spread.Of(seconds);
        AllocatedByteCount = allocatedByteCount;
    }

    public int Iterations { get; }

    public double Mean { get; }

    public double Median { get; }

    public double Min { get; }

    public double Max { get; }

    /// <summary>How much memory one run took, the least of the iterations.</summary>
    public long AllocatedByteCount { get; }
}
