using System.Text;

namespace Chorale.Server.Tests;

/// <summary>What every store does.</summary>
public abstract class ResponseStoreTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store of nothing, started.</summary>
    private protected abstract Task<IResponseStore> OpenAsync(StoreLimits limits, TimeProvider time);

    [Fact]
    public async Task What_was_created_is_found()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        StoredResponse response = Response(store, ResponseIds.New().Id, "{\"a\":\"\\u0000é𝄞\"}");

        await store.CreateAsync(response, [Event(0), Event(1)], Token);

        StoredResponse found = (await store.FindAsync(response.Id, Token))!;
        Assert.Equal(response.Input.ToArray(), found.Input.ToArray());
        Assert.Equal(response.Response.ToArray(), found.Response.ToArray());
        Assert.Equal((response.Id, null, Start, ResponseStatus.InProgress, store.Owner, false), (found.Id, found.PreviousId, found.CreatedAt, found.Status, found.Owner, found.IsOrphaned));
        Assert.Equal([0, 1], await SequencesAsync(store, response.Id));
        Assert.Null(await store.FindAsync(ResponseIds.New().Id, Token));
    }

    [Fact]
    public async Task Events_come_back_as_they_were_in_order_behind_any_number()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);
        await store.AppendAsync(id, [Event(1), Event(2, "\"\\n🙂\"")], null, Token);
        await store.AppendAsync(id, [Event(3)], null, Token);
        await store.AppendAsync(id, [Event(4), Event(5)], new(ResponseStatus.Completed, Bytes("{\"done\":1}")), Token);

        Assert.Equal([0, 1, 2, 3, 4, 5], await SequencesAsync(store, id));
        for (int after = -1; after <= 6; after++)
            Assert.Equal(Enumerable.Range(after + 1, Math.Max(5 - after, 0)), (await store.ReadEventsAsync(id, after, Token)).Select(stored => stored.Sequence));
        StoredEvent second = (await store.ReadEventsAsync(id, 1, Token))[0];
        Assert.Equal(Event(2, "\"\\n🙂\"").Json.ToArray(), second.Json.ToArray());
        Assert.Equal("response.test", second.Type);
        StoredResponse found = (await store.FindAsync(id, Token))!;
        Assert.Equal((ResponseStatus.Completed, "{\"done\":1}"), (found.Status, Encoding.UTF8.GetString(found.Response.Span)));
    }

    [Fact]
    public async Task Adding_the_same_events_twice_is_adding_them_once()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);
        ResponseChange end = new(ResponseStatus.Completed, Bytes("{}"));
        await store.AppendAsync(id, [Event(1), Event(2)], null, Token);
        await store.AppendAsync(id, [Event(1), Event(2)], null, Token);

        await store.AppendAsync(id, [Event(3)], end, Token);

        Assert.Equal([0, 1, 2, 3], await SequencesAsync(store, id));
    }

    [Fact]
    public async Task A_change_needs_no_event()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);

        await store.AppendAsync(id, [], new(ResponseStatus.Failed, Bytes("[]")), Token);

        StoredResponse found = (await store.FindAsync(id, Token))!;
        Assert.Equal((ResponseStatus.Failed, "[]"), (found.Status, Encoding.UTF8.GetString(found.Response.Span)));
        Assert.Equal([0], await SequencesAsync(store, id));
    }

    [Fact]
    public async Task A_deleted_response_is_gone_with_its_events_and_takes_no_more()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);

        Assert.True(await store.DeleteAsync(id, Token));

        Assert.False(await store.DeleteAsync(id, Token));
        Assert.Null(await store.FindAsync(id, Token));
        Assert.Empty(await store.ReadEventsAsync(id, -1, Token));
        await Assert.ThrowsAsync<ResponseGoneException>(() => store.AppendAsync(id, [Event(1)], null, Token));
        await Assert.ThrowsAsync<ResponseGoneException>(() => store.AppendAsync(id, [Event(1)], new(ResponseStatus.Completed, Bytes("{}")), Token));
    }

    [Fact]
    public async Task A_chain_is_found_oldest_first_up_to_so_many_bytes()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string[] ids = [.. Enumerable.Range(0, 5).Select(_ => ResponseIds.New().Id)];
        for (int i = 0; i < ids.Length; i++)
            await store.CreateAsync(Response(store, ids[i], "{}") with { PreviousId = i == 0 ? null : ids[i - 1], Input = Bytes(new string('x', 98)) }, [Event(0)], Token);

        Assert.Equal(ids, (await store.FindChainAsync(ids[^1], 1000, Token)).Select(link => link.Id));
        Assert.Equal(ids[..3], (await store.FindChainAsync(ids[2], 1000, Token)).Select(link => link.Id));
        Assert.Equal(ids[2..], (await store.FindChainAsync(ids[^1], 300, Token)).Select(link => link.Id));
        Assert.Equal(ids[^1..], (await store.FindChainAsync(ids[^1], 0, Token)).Select(link => link.Id));
        Assert.Empty(await store.FindChainAsync(ResponseIds.New().Id, 1000, Token));

        await store.DeleteAsync(ids[1], Token);
        IReadOnlyList<StoredResponse> broken = await store.FindChainAsync(ids[^1], 1000, Token);
        Assert.Equal(ids[2..], broken.Select(link => link.Id));
        Assert.Equal(ids[1], broken[0].PreviousId);
    }

    [Fact]
    public async Task The_least_recently_used_go_first_where_they_are_too_many()
    {
        SteppedTime time = new(Start);
        await using IResponseStore store = await OpenAsync(new() { Responses = 3 }, time);
        List<string> ids = [];
        for (int i = 0; i < 3; i++)
            ids.Add(await EndedAsync());
        await store.FindAsync(ids[0], Token);
        time.Advance(TimeSpan.FromMinutes(5));
        await store.FindChainAsync(ids[1], 1000, Token);

        ids.Add(await EndedAsync());
        ids.Add(await EndedAsync());
        await store.PruneAsync(Token);

        Assert.Null(await store.FindAsync(ids[0], Token));
        Assert.NotNull(await store.FindAsync(ids[1], Token));
        Assert.Null(await store.FindAsync(ids[2], Token));
        Assert.NotNull(await store.FindAsync(ids[4], Token));

        async Task<string> EndedAsync()
        {
            time.Advance(TimeSpan.FromMinutes(5));
            string id = await CreateAsync(store);
            await store.AppendAsync(id, [Event(1)], new(ResponseStatus.Completed, Bytes("{}")), Token);
            return id;
        }
    }

    [Fact]
    public async Task What_was_not_used_for_long_goes_but_not_what_is_being_made()
    {
        SteppedTime time = new(Start);
        await using IResponseStore store = await OpenAsync(new() { Lifetime = TimeSpan.FromDays(1) }, time);
        string old = await CreateAsync(store), running = await CreateAsync(store);
        await store.AppendAsync(old, [], new(ResponseStatus.Cancelled, Bytes("{}")), Token);
        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await store.PruneAsync(Token));
        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, await store.PruneAsync(Token));

        Assert.Null(await store.FindAsync(old, Token));
        Assert.NotNull(await store.FindAsync(running, Token));
    }

    [Fact]
    public async Task An_orphan_is_ended_once()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);
        StoredResponse orphan = (await store.FindAsync(id, Token))!;
        ResponseChange end = new(ResponseStatus.Incomplete, Bytes("{\"x\":0}"));

        Assert.True(await store.CloseAsync(orphan, Event(300), end, Token));

        Assert.False(await store.CloseAsync(orphan, Event(301), end, Token));
        Assert.Equal([0, 300], await SequencesAsync(store, id));
        Assert.Equal(ResponseStatus.Incomplete, (await store.FindAsync(id, Token))!.Status);
    }

    [Fact]
    public async Task Many_events_come_in_pages_and_none_is_lost()
    {
        await using IResponseStore store = await OpenAsync(new(), new SteppedTime(Start));
        string id = await CreateAsync(store);
        string large = $"\"{new string('x', 600_000)}\"";
        for (int i = 1; i <= 20; i++)
            await store.AppendAsync(id, [Event(i, large)], null, Token);

        Assert.Equal(Enumerable.Range(0, 21), await SequencesAsync(store, id));
    }

    private protected static StoredResponse Response(IResponseStore store, string id, string json) =>
        new() { Id = id, CreatedAt = Start, Status = ResponseStatus.InProgress, Input = Bytes("[]"), Response = Bytes(json), Owner = store.Owner };

    private protected static async Task<string> CreateAsync(IResponseStore store)
    {
        string id = ResponseIds.New().Id;
        await store.CreateAsync(Response(store, id, "{}"), [Event(0)], Token);
        return id;
    }

    private protected static StoredEvent Event(int sequence, string value = "null") =>
        new(sequence, "response.test", Bytes($$"""{"type":"response.test","sequence_number":{{sequence}},"value":{{value}}}"""));

    private protected static async Task<List<int>> SequencesAsync(IResponseStore store, string id)
    {
        List<int> sequences = [];
        while (await store.ReadEventsAsync(id, sequences.Count > 0 ? sequences[^1] : -1, Token) is { Count: > 0 } page)
            sequences.AddRange(page.Select(stored => stored.Sequence));
        return sequences;
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
