using System.Runtime.CompilerServices;

namespace Chorale.Server.Tests;

public class InterleavingTests
{
    [Fact]
    public async Task Each_stream_keeps_its_order_and_none_is_lost()
    {
        List<(int Stream, int Item)> seen = [];
        await foreach ((int, int) item in Interleaving.Of([.. Enumerable.Range(0, 5).Select(i => Count(i, 200, CancellationToken.None))], parallel: 3, TestContext.Current.CancellationToken))
            seen.Add(item);

        Assert.Equal(1000, seen.Count);
        foreach (int stream in Enumerable.Range(0, 5))
            Assert.Equal(Enumerable.Range(0, 200), seen.Where(item => item.Stream == stream).Select(item => item.Item));
    }

    [Fact]
    public async Task A_failure_of_one_ends_the_others_and_reaches_the_reader()
    {
        TaskCompletionSource ended = new();

        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int _ in Interleaving.Of([Endless(ended), Failing()], parallel: 2, TestContext.Current.CancellationToken))
            {
            }
        });

        Assert.True(ended.Task.IsCompleted);
    }

    [Fact]
    public async Task A_reader_that_stops_ends_them_all()
    {
        TaskCompletionSource first = new(), second = new();
        await foreach (int _ in Interleaving.Of([Endless(first), Endless(second)], parallel: 2, TestContext.Current.CancellationToken))
            break;

        Assert.True(first.Task.IsCompleted || second.Task.IsCompleted);
    }

    static async IAsyncEnumerable<(int Stream, int Item)> Count(int stream, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 7 == 0)
                await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return (stream, i);
        }
    }

    static async IAsyncEnumerable<int> Endless(TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return i;
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    static async IAsyncEnumerable<int> Failing()
    {
        yield return 1;
        await Task.Yield();
        throw new FormatException("broken");
    }
}
