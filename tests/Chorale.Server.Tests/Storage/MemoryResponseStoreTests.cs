namespace Chorale.Server.Tests;

public class MemoryResponseStoreTests : ResponseStoreTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override Task<IResponseStore> OpenAsync(StoreLimits limits, TimeProvider time) => Task.FromResult<IResponseStore>(new MemoryResponseStore(limits, time));

    [Fact]
    public async Task Bytes_are_bounded_too()
    {
        await using MemoryResponseStore store = new(new() { MemoryBytes = 10_000 });
        for (int i = 0; i < 50; i++)
        {
            string id = await CreateAsync(store);
            await store.AppendAsync(id, [Event(1)], new(ResponseStatus.Completed, new byte[1000]), Token);
        }

        Assert.InRange(store.Count, 1, 10);
    }

    [Fact]
    public async Task The_events_of_an_ended_response_take_little()
    {
        await using MemoryResponseStore store = new(new() { MemoryBytes = 100_000 });
        string id = await CreateAsync(store);
        for (int i = 1; i < 5000; i++)
            await store.AppendAsync(id, [Event(i, "\"some words of an answer\"")], null, Token);
        await store.AppendAsync(id, [Event(5000)], new(ResponseStatus.Completed, new byte[1000]), Token);

        Assert.Equal(1, store.Count);
        Assert.Equal(Enumerable.Range(0, 5001), await SequencesAsync(store, id));
    }
}
