using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Kernels.Tests;

public class WorkerPoolTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    readonly struct Count(int[] seen) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int i = start; i < end; i++)
                Interlocked.Increment(ref seen[i]);
        }
    }

    [Fact]
    public void Each_item_is_done_exactly_once_whatever_the_split()
    {
        using WorkerPool four = new(4), parked = new(3, TimeSpan.Zero), one = new(1);
        WorkerPool[] pools = [four, parked, one];
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (items, chunk) =>
            pools.All(pool =>
            {
                int[] seen = new int[items];
                pool.Run(items, chunk, new Count(seen));
                return seen.All(count => count == 1);
            })));
    }

    [Fact]
    public void Many_loops_in_a_row_lose_nothing()
    {
        using WorkerPool pool = new(4);
        int[] seen = new int[64];
        for (int i = 0; i < 20_000; i++)
            pool.Run(64, 4, new Count(seen));
        Assert.All(seen, count => Assert.Equal(20_000, count));
    }

    sealed class Meeting : IDisposable
    {
        public readonly Barrier Barrier = new(3);
        public int Threads;
        public bool AllMet = true;

        public void Dispose() => Barrier.Dispose();
    }

    readonly struct Meet(Meeting meeting) : IRangeJob
    {
        public void Run(int start, int end)
        {
            Interlocked.Increment(ref meeting.Threads);
            if (!meeting.Barrier.SignalAndWait(Long))
                meeting.AllMet = false;
        }
    }

    [Fact]
    public void The_caller_and_every_worker_take_part_parked_or_not()
    {
        foreach (TimeSpan spin in new[] { TimeSpan.Zero, Long })
        {
            using WorkerPool pool = new(3, spin);
            using Meeting meeting = new();
            for (int i = 0; i < 50; i++)
                pool.Run(3, 1, new Meet(meeting));              // three items that wait for each other need three threads
            Assert.True(meeting.AllMet);
            Assert.Equal(150, meeting.Threads);
        }
    }

    readonly struct Fail(int item) : IRangeJob
    {
        public void Run(int start, int end)
        {
            if (start <= item && item < end)
                throw new InvalidOperationException($"item {item}");
        }
    }

    [Fact]
    public void A_job_that_throws_throws_at_the_caller_and_the_pool_lives_on()
    {
        foreach (int threads in new[] { 1, 3 })
        {
            using WorkerPool pool = new(threads);
            for (int i = 0; i < 40; i++)
                Assert.Equal($"item {i}", Assert.Throws<InvalidOperationException>(() => pool.Run(40, 1, new Fail(i))).Message);
            int[] seen = new int[40];
            pool.Run(40, 1, new Count(seen));
            Assert.All(seen, count => Assert.Equal(1, count));
        }
    }

    readonly struct Nest(WorkerPool pool, int[] seen) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int i = start; i < end; i++)
                pool.Run(10, 1, new Count(seen));
        }
    }

    [Fact]
    public void A_loop_inside_a_loop_runs_where_it_stands()
    {
        using WorkerPool pool = new(3);
        int[] seen = new int[10];
        pool.Run(12, 1, new Nest(pool, seen));
        Assert.All(seen, count => Assert.Equal(12, count));
    }

    [Fact]
    public void Several_callers_at_a_time_get_their_work_done()
    {
        using WorkerPool pool = new(3);
        int[][] seen = [.. Enumerable.Range(0, 4).Select(_ => new int[100])];
        Thread[] callers = [.. seen.Select(mine => new Thread(() =>
        {
            for (int i = 0; i < 500; i++)
                pool.Run(100, 7, new Count(mine));
        }))];
        foreach (Thread caller in callers)
            caller.Start();
        Assert.All(callers, caller => Assert.True(caller.Join(Long)));
        Assert.All(seen, mine => Assert.All(mine, count => Assert.Equal(500, count)));
    }

    [Fact]
    public void A_loop_allocates_nothing()
    {
        using WorkerPool pool = new(2);
        int[] seen = new int[64];
        pool.Run(64, 1, new Count(seen));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            pool.Run(64, 1, new Count(seen));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_disposed_pool_takes_no_more_work()
    {
        WorkerPool pool = new(3, Long);
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(1, 1, new Count(new int[1])));
    }

    [Fact]
    public void The_door_refuses_impossible_numbers()
    {
        Assert.ThrowsAny<ArgumentException>(() => new WorkerPool(0));
        using WorkerPool pool = new(1);
        Assert.ThrowsAny<ArgumentException>(() => pool.Run(-1, 1, new Count([])));
        Assert.ThrowsAny<ArgumentException>(() => pool.Run(1, 0, new Count([0])));
    }

    [Fact]
    public void Who_is_stuck_has_his_range_taken_by_others()
    {
        using WorkerPool pool = new(3);
        using CountdownEvent others = new(299);
        pool.Run(300, 1, new FirstWaitsForOthers(others));
        Assert.True(others.IsSet);
    }

    readonly struct FirstWaitsForOthers(CountdownEvent others) : IRangeJob
    {
        public void Run(int start, int end)
        {
            Assert.Equal(start + 1, end);
            if (start == 0)
                others.Wait(TestContext.Current.CancellationToken);
            else
                others.Signal();
        }
    }
}
