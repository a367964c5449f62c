using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Chorale.Kernels;

/// <summary>A few threads of its own that share one loop at a time with the caller, without allocating.</summary>
/// <remarks>
/// Each thread has a range of neighbouring items, so that it reads memory in one run, and takes chunks from its front. Who has done his own takes the
/// back half of what the slowest has left. A worker that wakes late finds the loop closed and is not waited for, its range having been taken by others: the caller
/// never depends on another thread being scheduled, only on those that took a chunk. Between loops a worker spins for a moment, because
/// the next operation of a forward pass follows within microseconds, and then parks and costs nothing.
/// <see cref="Run"/> from inside a job, or while another thread runs one, does the work on the calling thread.
/// </remarks>
sealed unsafe class WorkerPool : IDisposable
{
    // The state is one word: a count of loops above, whether the loop is open, and how many workers are inside it.
    const long Opened = 1L << 16;
    const long Generation = 1L << 17;
    const long InsideMask = Opened - 1;

    readonly Thread[] _workers;
    readonly object _gate = new();
    readonly long _spinTicks;
    readonly Shared _shared = new();
    readonly Range[] _ranges;    // of the caller, then of each worker

    /// <param name="threads">Threads that work on a loop, the caller included; at least 1.</param>
    public WorkerPool(int threads)
        : this(threads, TimeSpan.FromMicroseconds(100))
    {
    }

    /// <param name="threads">Threads that work on a loop, the caller included; at least 1.</param>
    /// <param name="spin">How long a worker looks for the next loop before it parks.</param>
    internal WorkerPool(int threads, TimeSpan spin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        Threads = threads;
        _ranges = new Range[threads];
        _spinTicks = (long)(spin.TotalSeconds * Stopwatch.Frequency);
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int place = i + 1;
            _workers[i] = new Thread(() => Work(place)) { IsBackground = true, Name = $"chorale worker {place}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that work on a loop, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Does items 0 to <paramref name="items"/> and returns when all are done.</summary>
    /// <param name="items">How many there are.</param>
    /// <param name="chunk">How many a thread takes at a time, at least 1.</param>
    /// <param name="job">What to do with a range of them; every thread works on this very struct.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <remarks>The first exception of a job stops the handing out and is thrown here.</remarks>
    public void Run<TJob>(int items, int chunk, TJob job)
        where TJob : struct, IRangeJob
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunk);
        ObjectDisposedException.ThrowIf(_shared.Stopping, this);
        if (items == 0)
            return;
        if (_workers.Length == 0 || items <= chunk || Interlocked.Exchange(ref _shared.Busy, 1) != 0)
        {
            job.Run(0, items);
            return;
        }

        _shared.Job = Unsafe.AsPointer(ref job);   // on this frame, which outlives the loop
        _shared.Invoke = &Invoke<TJob>;
        _shared.Chunk = chunk;
        Share(items, chunk);
        Interlocked.Add(ref _shared.State, Generation | Opened);
        if (Volatile.Read(ref _shared.Parked) > 0)
            Wake();

        TakeChunks(place: 0);

        // Closed: nobody enters any more, and those inside leave after the chunk they hold.
        long state = Interlocked.Add(ref _shared.State, -Opened);
        SpinWait spinner = default;
        while ((state & InsideMask) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
            state = Volatile.Read(ref _shared.State);
        }

        ExceptionDispatchInfo? failure = _shared.Failure;
        _shared.Failure = null;
        Volatile.Write(ref _shared.Busy, 0);
        failure?.Throw();
    }

    /// <summary>Stops the threads and waits for them; no loop may be running.</summary>
    public void Dispose()
    {
        _shared.Stopping = true;
        Interlocked.MemoryBarrier();
        Wake();
        foreach (Thread worker in _workers)
            worker.Join();
    }

    static void Invoke<TJob>(void* job, int start, int end)
        where TJob : struct, IRangeJob => Unsafe.AsRef<TJob>(job).Run(start, end);

    void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    void Work(int place)
    {
        long seen = 0;
        while (WaitForLoop(ref seen))
        {
            if (!TryEnter())
                continue;
            TakeChunks(place);
            Interlocked.Decrement(ref _shared.State);
        }
    }

    /// <summary>Waits until a loop is open that this worker has not seen; false when the pool is being disposed.</summary>
    bool WaitForLoop(ref long seen)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            for (int i = 0; i < 64; i++)
            {
                if (IsNew(ref seen))
                    return true;
                Thread.SpinWait(4);
            }
            if (_shared.Stopping)
                return false;
            if (Stopwatch.GetTimestamp() - start > _spinTicks)
                break;
        }

        lock (_gate)
        {
            // Counted before the last look: the caller opens the loop, then looks at the count, so one of the two sees the other.
            Interlocked.Increment(ref _shared.Parked);
            bool isNew = IsNew(ref seen);
            while (!isNew && !_shared.Stopping)
            {
                Monitor.Wait(_gate);
                isNew = IsNew(ref seen);
            }
            Interlocked.Decrement(ref _shared.Parked);
            return isNew;
        }
    }

    bool IsNew(ref long seen)
    {
        long state = Volatile.Read(ref _shared.State);
        long generation = state & -Generation;
        if ((state & Opened) == 0 || generation == seen)
            return false;
        seen = generation;
        return true;
    }

    bool TryEnter()
    {
        long state = Volatile.Read(ref _shared.State);
        while ((state & Opened) != 0)
        {
            long found = Interlocked.CompareExchange(ref _shared.State, state + 1, state);
            if (found == state)
                return true;
            state = found;
        }
        return false;
    }

    /// <summary>Gives each thread its range: whole chunks, as many for each as for the next.</summary>
    void Share(int items, int chunk)
    {
        long chunks = (items + (long)chunk - 1) / chunk;
        for (int i = 0; i < _ranges.Length; i++)
            Volatile.Write(ref _ranges[i].Left, Range.Of(chunks * i / Threads * chunk, Math.Min(chunks * (i + 1) / Threads * chunk, items)));
    }

    void TakeChunks(int place)
    {
        void* job = _shared.Job;
        delegate*<void*, int, int, void> invoke = _shared.Invoke;
        int chunk = _shared.Chunk;
        try
        {
            do
            {
                while (TryTake(ref _ranges[place].Left, chunk, out int start, out int end))
                    invoke(job, start, end);
            }
            while (TrySteal(place, chunk));
        }
#pragma warning disable CA1031 // whatever a job throws is thrown to the caller of Run
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _shared.Failure, ExceptionDispatchInfo.Capture(exception), null);
            foreach (ref Range range in _ranges.AsSpan())
                Volatile.Write(ref range.Left, 0);
        }
    }

    /// <summary>Takes a chunk from the front of a range.</summary>
    static bool TryTake(ref long range, int chunk, out int start, out int end)
    {
        long left = Volatile.Read(ref range);
        while (true)
        {
            (start, int last) = Range.Ends(left);
            end = (int)Math.Min(start + (long)chunk, last);
            if (start >= last)
                return false;
            long found = Interlocked.CompareExchange(ref range, Range.Of(end, last), left);
            if (found == left)
                return true;
            left = found;
        }
    }

    /// <summary>Takes the back half of the longest range that is left, as one's own; false where nothing is left.</summary>
    bool TrySteal(int place, int chunk)
    {
        while (true)
        {
            int victim = -1, most = 0;
            for (int i = 0; i < _ranges.Length; i++)
            {
                (int first, int last) = Range.Ends(Volatile.Read(ref _ranges[i].Left));
                if (last - first > most)
                    (victim, most) = (i, last - first);
            }
            if (victim < 0)
                return false;
            long left = Volatile.Read(ref _ranges[victim].Left);
            (int start, int end) = Range.Ends(left);
            if (start >= end)
                continue;
            // Whole chunks go; of a single one, all.
            int middle = start + ((end - start) / chunk / 2 * chunk);
            if (Interlocked.CompareExchange(ref _ranges[victim].Left, Range.Of(start, middle), left) != left)
                continue;
            Volatile.Write(ref _ranges[place].Left, Range.Of(middle, end));
            return true;
        }
    }

    /// <summary>The items that a thread has left, in one word on a cache line of its own: the first in the low half, one past the last in the high half.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    struct Range
    {
        [FieldOffset(64)] public long Left;

        public static long Of(long start, long end) => start | (end << 32);

        public static (int Start, int End) Ends(long left) => ((int)(left & int.MaxValue), (int)(left >> 32));
    }

    /// <summary>What the threads share, the hot words on cache lines of their own.</summary>
    [StructLayout(LayoutKind.Explicit)]
    sealed class Shared
    {
        [FieldOffset(0)] public ExceptionDispatchInfo? Failure;
        [FieldOffset(8)] public void* Job;
        [FieldOffset(16)] public delegate*<void*, int, int, void> Invoke;
        [FieldOffset(28)] public int Chunk;
        [FieldOffset(32)] public int Busy;
        [FieldOffset(36)] public int Parked;
        [FieldOffset(40)] public volatile bool Stopping;
        [FieldOffset(128)] public long State;
        [FieldOffset(256)] readonly long _last;
    }
}
