using System.Text;

namespace Chorale.Server.Tests;

public class EventRecorderTests
{
    static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1), Never = TimeSpan.FromDays(1);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_kept_soon_without_being_waited_for()
    {
        (MemoryResponseStore store, string id) = await CreateAsync();
        EventRecorder recorder = new(store, id, TimeProvider.System, Soon);

        await recorder.AddAsync([Event(1), Event(2)], null);

        while ((await store.ReadEventsAsync(id, 1, Token)).Count == 0)
            await Task.Delay(1, Token);
        await recorder.AddAsync([Event(3)], null);
        while ((await store.ReadEventsAsync(id, 2, Token)).Count == 0)
            await Task.Delay(1, Token);
    }

    [Theory]
    [InlineData(EventTypes.ItemDone)]
    [InlineData(EventTypes.Completed)]
    public async Task What_must_not_be_lost_is_kept_first_with_all_before_it(string type)
    {
        (MemoryResponseStore store, string id) = await CreateAsync();
        EventRecorder recorder = new(store, id, TimeProvider.System, Never);
        await recorder.AddAsync([Event(1)], null);
        Assert.Single(await store.ReadEventsAsync(id, -1, Token));

        await recorder.AddAsync([Event(2), Event(3, type)], null);

        Assert.Equal([0, 1, 2, 3], (await store.ReadEventsAsync(id, -1, Token)).Select(stored => stored.Sequence));
    }

    [Fact]
    public async Task No_more_are_sent_before_they_are_kept_than_the_end_of_an_orphan_counts_with()
    {
        (MemoryResponseStore store, string id) = await CreateAsync();
        EventRecorder recorder = new(store, id, TimeProvider.System, Never);

        for (int sequence = 1; sequence < 2000; sequence++)
        {
            await recorder.AddAsync([Event(sequence)], null);
            Assert.InRange(sequence - (await store.ReadEventsAsync(id, -1, Token))[^1].Sequence, 0, InterruptedResponse.MaxUnkept);
        }
    }

    [Fact]
    public async Task What_failed_in_the_background_is_kept_later_in_order()
    {
        BrittleStore store = new();
        string id = ResponseIds.New().Id;
        await store.CreateAsync(new() { Id = id, CreatedAt = default, Status = ResponseStatus.InProgress, Input = default, Response = default }, [Event(0)], Token);
        TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Works = (what, _) => what != "append" || !failed.TrySetResult();
        EventRecorder recorder = new(store, id, TimeProvider.System, Soon);

        await recorder.AddAsync([Event(1)], null);
        await failed.Task.WaitAsync(Token);
        await recorder.AddAsync([Event(2), Event(3, EventTypes.ItemDone)], null);

        Assert.Equal([0, 1, 2, 3], (await store.ReadEventsAsync(id, -1, Token)).Select(stored => stored.Sequence));
    }

    [Fact]
    public async Task Who_goes_on_is_told_that_the_response_is_gone()
    {
        (MemoryResponseStore store, string id) = await CreateAsync();
        EventRecorder recorder = new(store, id, TimeProvider.System, Soon);
        await store.DeleteAsync(id, Token);

        await Assert.ThrowsAsync<ResponseGoneException>(async () =>
        {
            for (int sequence = 1; ; sequence++)
            {
                await recorder.AddAsync([Event(sequence)], null);
                await Task.Delay(1, Token);
            }
        });
    }

    static async Task<(MemoryResponseStore Store, string Id)> CreateAsync()
    {
        MemoryResponseStore store = new();
        string id = ResponseIds.New().Id;
        await store.CreateAsync(new() { Id = id, CreatedAt = default, Status = ResponseStatus.InProgress, Input = default, Response = default }, [Event(0)], Token);
        return (store, id);
    }

    static StoredEvent Event(int sequence, string type = EventTypes.TextDelta) =>
        new(sequence, type, Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","sequence_number":{{sequence}}}"""));
}
