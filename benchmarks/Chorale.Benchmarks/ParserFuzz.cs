using System.Diagnostics;
using System.Globalization;
using Chorale.Harmony;
using Chorale.Harmony.Tests;

namespace Chorale.Benchmarks;

/// <summary>The long form of the tests that hold the tolerant parser to its promise: random ids, and damaged completions, without exception or loss.</summary>
static class ParserFuzz
{
    static readonly string[] Names = ["completion_short", "completion_korean", "completion_calls", "completion_4k", "completion_emoji", "completion_16k"];

    /// <summary>Runs and reports.</summary>
    /// <param name="idCount">How many random ids, in pieces of up to 60.</param>
    /// <param name="completionCount">How many damaged completions, of up to 160 ids.</param>
    /// <param name="seed">The seed; the same gives the same ids.</param>
    /// <returns>0, or 1 where a piece was lost or threw; it is printed.</returns>
    public static int Run(int idCount, int completionCount, int seed)
    {
        HarmonyEncoding encoding = HarmonyEncoding.Default;
        int[][] completions = [.. Names.Select(HarmonyInputs.Completion)];
        Stopwatch watch = Stopwatch.StartNew();
        bool failed = false;
        long ids = 0;
        long done = 0;
        Parallel.For(0, Environment.ProcessorCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, worker =>
        {
            Random random = new(unchecked((seed * 1000) + worker));
            SlipGenerator slips = new(encoding, completions, random);
            while (Interlocked.Read(ref ids) < idCount && !Volatile.Read(ref failed))
            {
                int[] piece = slips.Random(random.Next(1, 61));
                Interlocked.Add(ref ids, piece.Length);
                Check(piece, random);
            }
            while (Interlocked.Increment(ref done) <= completionCount && !Volatile.Read(ref failed))
                Check(slips.Mutated(160), random);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ids} random ids, {Math.Min(done, completionCount)} damaged completions, seed {seed}, {watch.Elapsed.TotalSeconds:0} s: {(failed ? "FAILED" : "no exception, no loss")}"));
        return failed ? 1 : 0;

        void Check(int[] piece, Random random)
        {
            Role? role = random.Next(3) == 0 ? null : Role.Assistant;
            if (ParserAudit.Check(encoding, piece, role, random) is not { } problem)
                return;
            Volatile.Write(ref failed, true);
            Console.WriteLine($"{problem}\nrole {role}, ids [{string.Join(", ", piece)}]");
        }
    }
}
