using System.Diagnostics;
using System.Globalization;
using Chorale.Inference.Tests;

namespace Chorale.Benchmarks;

/// <summary>The long form of the tests that hold the checkpoint reader to its promise: spoilt model files without crash, hang or oversized allocation.</summary>
static class ModelFuzz
{
    static readonly TimeSpan Hang = TimeSpan.FromSeconds(5);

    /// <summary>Runs and reports.</summary>
    /// <param name="count">How many cases: first each byte of each head flipped and each length cut, then random damage.</param>
    /// <param name="seed">Of the random cases; the same gives the same.</param>
    /// <returns>0, or 1 where a case failed; it is printed.</returns>
    public static int Run(long count, int seed)
    {
        ModelMutator mutator = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        long next = -1, refused = 0, longest = 0;
        int failures = 0;
        long[] current = new long[Environment.ProcessorCount], since = new long[current.Length];
        Thread[] workers = [.. Enumerable.Range(0, current.Length).Select(worker => new Thread(() => Work(worker)) { IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        for (int worker = 0; worker < workers.Length; worker++)
        {
            while (!workers[worker].Join(Hang))
            {
                int hanging = Array.FindIndex(since, start => Volatile.Read(ref start) is var at && at != 0 && Stopwatch.GetElapsedTime(at) > Hang);
                if (hanging >= 0)
                {
                    Console.WriteLine($"case {current[hanging]} hangs: {mutator.Case(current[hanging]).What}");
                    return 1;
                }
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:n0} spoilt models ({Math.Min(count, mutator.SystematicCount):n0} flips and cuts, the rest random, seed {seed}), {watch.Elapsed.TotalSeconds:f1} s on {workers.Length} threads: {refused:n0} refused, {count - refused:n0} still valid, longest {longest * 1e3 / Stopwatch.Frequency:f1} ms: {(failures > 0 ? "FAILED" : "no crash, no hang, no oversized allocation")}"));
        return failures > 0 ? 1 : 0;

        void Work(int worker)
        {
            for (long index; (index = Interlocked.Increment(ref next)) < count;)
            {
                (MemoryFolder folder, string? entry, string what) = mutator.Case(index);
                current[worker] = index;
                long start = Stopwatch.GetTimestamp();
                Volatile.Write(ref since[worker], start);
                string? problem = ModelAudit.Check(folder, entry, out bool isRefused);
                Volatile.Write(ref since[worker], 0);
                long took = Stopwatch.GetTimestamp() - start;
                if (isRefused)
                    Interlocked.Increment(ref refused);
                for (long seen = Volatile.Read(ref longest); took > seen && Interlocked.CompareExchange(ref longest, took, seen) != seen;)
                    seen = Volatile.Read(ref longest);
                if (problem is not null && Interlocked.Increment(ref failures) <= 10)
                    Console.WriteLine($"case {index}: {what}: {problem}");
            }
        }
    }
}
