using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>How many bytes a second the threads of a pool read from memory, which is what generating is held against.</summary>
static unsafe class ReadBandwidth
{
    const int ChunkBytes = 1 << 20;

    /// <summary>Reads a block of memory from end to end several times.</summary>
    /// <param name="pool">The threads that read.</param>
    /// <param name="byteCount">Bytes of the block: a good multiple of the last cache, rounded down to whole MiB.</param>
    /// <param name="passes">How often, at least once.</param>
    /// <returns>Bytes a second of the best pass.</returns>
    public static double Measure(WorkerPool pool, long byteCount, int passes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(byteCount, ChunkBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(passes);
        int chunks = checked((int)(byteCount / ChunkBytes));
        using PageBuffer memory = new((long)chunks * ChunkBytes);
        // Pages that nobody wrote are all one page of zeros.
        pool.Run(chunks, 1, new FillJob(memory.Pointer));
        double best = 0;
        ulong sum = 0;
        for (int pass = 0; pass < passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(chunks, 1, new ReadJob(memory.Pointer, &sum));
            best = Math.Max(best, (double)chunks * ChunkBytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return sum == (ulong)passes * (ulong)chunks * Filling ? best : throw new InvalidOperationException("The memory did not hold what was written.");
    }

    /// <summary>What the words of a chunk add up to: each holds 1.</summary>
    const ulong Filling = ChunkBytes / sizeof(ulong);

    readonly struct FillJob(byte* memory) : IRangeJob
    {
        public void Run(int start, int end) => new Span<ulong>(memory + ((long)start * ChunkBytes), (end - start) * (ChunkBytes / sizeof(ulong))).Fill(1);
    }

    readonly struct ReadJob(byte* memory, ulong* sum) : IRangeJob
    {
        public void Run(int start, int end)
        {
            Vector512<ulong> a = default, b = default, c = default, d = default;
            byte* to = memory + ((long)end * ChunkBytes);
            for (byte* at = memory + ((long)start * ChunkBytes); at < to; at += 256)
            {
                a += Vector512.LoadAligned((ulong*)at);
                b += Vector512.LoadAligned((ulong*)(at + 64));
                c += Vector512.LoadAligned((ulong*)(at + 128));
                d += Vector512.LoadAligned((ulong*)(at + 192));
            }
            Interlocked.Add(ref *sum, Vector512.Sum(a + b + c + d));
        }
    }
}
