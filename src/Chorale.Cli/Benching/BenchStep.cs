using System.Diagnostics;

namespace Chorale.Cli;

/// <summary>One thing that is measured.</summary>
/// <param name="Name">What is done.</param>
/// <param name="TokenCount">How many ids it makes or reads.</param>
/// <param name="ByteCount">How many bytes of UTF-8 it reads or makes.</param>
/// <param name="Run">Does it once.</param>
/// <param name="Prepare">Runs before each time and is not measured; null where nothing needs to.</param>
sealed record BenchStep(string Name, long TokenCount, long ByteCount, Action Run, Action? Prepare = null)
{
    /// <summary>What a clock and a just-in-time compiler make noise of is repeated for this long and divided.</summary>
    static readonly TimeSpan ShortestIteration = TimeSpan.FromMilliseconds(5);

    const int MostRepeats = 10_000;

    /// <summary>Runs it so many times for warming up and so many times for the record.</summary>
    public BenchTimes Measure(int warmup, int iterations, CancellationToken cancellationToken)
    {
        int repeats = Repeats();
        for (int i = 0; i < warmup; i++)
        {
            Iterate(repeats, out _);
            cancellationToken.ThrowIfCancellationRequested();
        }
        double[] seconds = new double[iterations];
        long allocated = 0;
        for (int i = 0; i < iterations; i++)
        {
            seconds[i] = Iterate(repeats, out long bytes);
            allocated = i == 0 ? bytes : Math.Min(allocated, bytes);
            cancellationToken.ThrowIfCancellationRequested();
        }
        return new BenchTimes(seconds, allocated);
    }

    /// <summary>The mean of so many runs in seconds, and what each allocated on this thread.</summary>
    double Iterate(int repeats, out long allocatedByteCount)
    {
        long ticks = 0, allocated = 0;
        for (int i = 0; i < repeats; i++)
        {
            Prepare?.Invoke();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Run();
            ticks += Stopwatch.GetTimestamp() - start;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        allocatedByteCount = allocated / repeats;
        return (double)ticks / Stopwatch.Frequency / repeats;
    }

    /// <summary>Doubles until an iteration is long enough; the code is compiled meanwhile.</summary>
    int Repeats()
    {
        int repeats = 1;
        while (repeats < MostRepeats && Iterate(repeats, out _) * repeats < ShortestIteration.TotalSeconds)
            repeats *= 2;
        return repeats;
    }
}
