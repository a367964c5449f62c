namespace Chorale.Server.Tests;

/// <summary>A store in memory that fails when it is told to.</summary>
sealed class BrittleStore : IResponseStore
{
    readonly MemoryResponseStore _inner = new();

    /// <summary>What it may do; false fails.</summary>
    public Func<string, ResponseChange?, bool> Works { get; set; } = (_, _) => true;

    public Action<string>? CancelRequested
    {
        get => _inner.CancelRequested;
        set => _inner.CancelRequested = value;
    }

    public long Owner => _inner.Owner;

    public Task StartAsync(CancellationToken cancellationToken) => _inner.StartAsync(cancellationToken);

    public Task CreateAsync(StoredResponse response, IReadOnlyList<StoredEvent> events, CancellationToken cancellationToken) => Check("create").CreateAsync(response, events, cancellationToken);

    public Task AppendAsync(string id, IReadOnlyList<StoredEvent> events, ResponseChange? change, CancellationToken cancellationToken) =>
        Check("append", change).AppendAsync(id, events, change, cancellationToken);

    public Task<StoredResponse?> FindAsync(string id, CancellationToken cancellationToken) => Check("find").FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<StoredResponse>> FindChainAsync(string id, long maxBytes, CancellationToken cancellationToken) => Check("find").FindChainAsync(id, maxBytes, cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(string id, int after, CancellationToken cancellationToken) => Check("find").ReadEventsAsync(id, after, cancellationToken);

    public Task<bool> CloseAsync(StoredResponse orphan, StoredEvent last, ResponseChange change, CancellationToken cancellationToken) => Check("close").CloseAsync(orphan, last, change, cancellationToken);

    public Task RequestCancelAsync(string id, CancellationToken cancellationToken) => Check("cancel").RequestCancelAsync(id, cancellationToken);

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => Check("delete").DeleteAsync(id, cancellationToken);

    public Task<int> PruneAsync(CancellationToken cancellationToken) => Check("prune").PruneAsync(cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    MemoryResponseStore Check(string what, ResponseChange? change = null) => Works(what, change) ? _inner : throw new StoreUnavailableException("It is down.");
}
