namespace Chorale.Server.Tests;

public sealed class PostgresResponseStoreTests : ResponseStoreTests, IAsyncDisposable
{
    static readonly TimeSpan[] Soon = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300)];

    PostgresDatabase? _database;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override async Task<IResponseStore> OpenAsync(StoreLimits limits, TimeProvider time)
    {
        _database ??= await PostgresDatabase.CreateAsync();
        PostgresResponseStore store = new(_database.Connection, limits, time, Soon);
        await store.StartAsync(Token);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task Several_processes_start_at_once_on_an_empty_database()
    {
        _database = await PostgresDatabase.CreateAsync();
        IResponseStore[] stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => OpenAsync(new(), TimeProvider.System), Token)));

        string id = await CreateAsync(stores[0]);
        Assert.NotNull(await stores[^1].FindAsync(id, Token));
        Assert.Equal(stores.Length, stores.Select(store => store.Owner).Distinct().Count());
        foreach (IResponseStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task A_response_is_orphaned_as_soon_as_its_process_is_gone()
    {
        await using IResponseStore other = await OpenAsync(new(), TimeProvider.System);
        string id;
        await using (IResponseStore store = await OpenAsync(new(), TimeProvider.System))
        {
            id = await CreateAsync(store);
            Assert.False((await other.FindAsync(id, Token))!.IsOrphaned);
        }

        StoredResponse orphan = (await other.FindAsync(id, Token))!;
        for (; !orphan.IsOrphaned; orphan = (await other.FindAsync(id, Token))!)
            await Task.Delay(1, Token);    // the server has yet to hear of it
        Assert.True(await other.CloseAsync(orphan, Event(257), new(ResponseStatus.Incomplete, Bytes("{}")), Token));
        Assert.False((await other.FindAsync(id, Token))!.IsOrphaned);
    }

    [Fact]
    public async Task A_response_that_somebody_else_ended_takes_no_more()
    {
        await using IResponseStore mine = await OpenAsync(new(), TimeProvider.System), other = await OpenAsync(new(), TimeProvider.System);
        string id = await CreateAsync(mine);
        await other.CloseAsync((await other.FindAsync(id, Token))!, Event(257), new(ResponseStatus.Incomplete, Bytes("{}")), Token);

        await Assert.ThrowsAsync<ResponseGoneException>(() => mine.AppendAsync(id, [Event(1)], null, Token));
        await Assert.ThrowsAsync<ResponseGoneException>(() => mine.AppendAsync(id, [], new(ResponseStatus.Completed, Bytes("{}")), Token));
    }

    [Fact]
    public async Task An_end_that_is_kept_twice_is_kept_once()
    {
        await using IResponseStore store = await OpenAsync(new(), TimeProvider.System);
        string id = await CreateAsync(store);
        ResponseChange end = new(ResponseStatus.Completed, Bytes("{\"n\":1}"));
        await store.AppendAsync(id, [Event(1)], end, Token);

        await store.AppendAsync(id, [Event(1)], end, Token);

        Assert.Equal([0, 1], await SequencesAsync(store, id));
    }

    [Fact]
    public async Task A_request_to_cancel_reaches_the_process_that_makes_the_response()
    {
        await using IResponseStore mine = await OpenAsync(new(), TimeProvider.System), other = await OpenAsync(new(), TimeProvider.System);
        string id = await CreateAsync(mine);
        TaskCompletionSource<string> heard = new();
        mine.CancelRequested = told =>
        {
            if (told == id)
                heard.TrySetResult(told);
        };

        await other.RequestCancelAsync(id, Token);

        Assert.Equal(id, await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Connections_that_the_server_ends_are_made_anew_and_the_process_stays_the_owner()
    {
        await using IResponseStore store = await OpenAsync(new(), TimeProvider.System), other = await OpenAsync(new(), TimeProvider.System);
        string id = await CreateAsync(store);
        await _database!.ExecuteAsync($"select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and ((l.classid::bigint << 32) | l.objid::bigint) = {store.Owner}");

        await store.AppendAsync(id, [Event(1)], null, Token);

        while ((await other.FindAsync(id, Token))!.IsOrphaned)
            await Task.Delay(10, Token);
        Assert.Equal([0, 1], await SequencesAsync(other, id));
    }

    [Fact]
    public async Task A_lost_connection_is_tried_again_and_a_lost_database_is_told()
    {
        _database = await PostgresDatabase.CreateAsync();
        await using CuttableProxy proxy = CuttableProxy.To(_database.Connection);
        await using PostgresResponseStore store = new(new(_database.Connection.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port }, delays: Soon);
        await store.StartAsync(Token);
        string id = await CreateAsync(store);

        proxy.Cut();
        await store.AppendAsync(id, [Event(1)], null, Token);
        proxy.Refuse();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AppendAsync(id, [Event(2)], null, Token));
        proxy.Accept();
        await store.AppendAsync(id, [Event(2)], null, Token);

        Assert.Equal([0, 1, 2], await SequencesAsync(store, id));
    }

    [Fact]
    public async Task Tables_of_a_later_version_are_left_alone()
    {
        await using (IResponseStore store = await OpenAsync(new(), TimeProvider.System))
            await _database!.ExecuteAsync("insert into chorale_schema values (1000)");

        FormatException e = await Assert.ThrowsAsync<FormatException>(() => OpenAsync(new(), TimeProvider.System));
        Assert.Contains("1000", e.Message, StringComparison.Ordinal);
    }
}
