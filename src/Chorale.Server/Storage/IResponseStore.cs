namespace Chorale.Server;

/// <summary>Keeps responses and their events. What a method has returned from is kept; threads may share a store.</summary>
/// <remarks>Every method but <see cref="IAsyncDisposable.DisposeAsync"/> may throw a <see cref="StoreUnavailableException"/>, after a bounded number of tries.</remarks>
interface IResponseStore : IAsyncDisposable
{
    /// <summary>
    /// Called with the id of a response which some process that shares the store wants cancelled (<see cref="RequestCancelAsync"/>); at most once a request, from any thread.
    /// </summary>
    Action<string>? CancelRequested { get; set; }

    /// <summary>The number of this process, which the responses bear that it makes.</summary>
    long Owner { get; }

    /// <summary>Connects, and makes or renews what the store needs.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Adds a response with its first events.</summary>
    Task CreateAsync(StoredResponse response, IReadOnlyList<StoredEvent> events, CancellationToken cancellationToken);

    /// <summary>Adds events to a response that this process makes, and changes it with them, at once or not at all. Doing it twice is doing it once.</summary>
    /// <param name="id">The response's.</param>
    /// <param name="events">In order, behind those that are there; may be empty where something changes.</param>
    /// <param name="change">What changes beside them; null nothing.</param>
    /// <param name="cancellationToken">Ends the waiting; what was begun may be kept all the same.</param>
    /// <exception cref="ResponseGoneException">The response was deleted, or ended by another process.</exception>
    Task AppendAsync(string id, IReadOnlyList<StoredEvent> events, ResponseChange? change, CancellationToken cancellationToken);

    /// <summary>Finds a response, which counts as its use; null where there is none.</summary>
    Task<StoredResponse?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Finds a response and all that it goes on from, oldest first; that counts as use of all of them.</summary>
    /// <param name="id">The last one's.</param>
    /// <param name="maxBytes">Where inputs and responses together are larger, the oldest are left out, so that the first one still has a <see cref="StoredResponse.PreviousId"/>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Empty where there is no such response; begins with one that goes on from another where that one is no longer there.</returns>
    Task<IReadOnlyList<StoredResponse>> FindChainAsync(string id, long maxBytes, CancellationToken cancellationToken);

    /// <summary>The events behind a sequence number, in order; not all of them where they are many: then the next call, behind the last of these, gives more.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(string id, int after, CancellationToken cancellationToken);

    /// <summary>Ends a response whose process is gone.</summary>
    /// <param name="orphan">As it was found.</param>
    /// <param name="last">Its last event.</param>
    /// <param name="change">How it ends.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>False where somebody else ended or deleted it meanwhile.</returns>
    Task<bool> CloseAsync(StoredResponse orphan, StoredEvent last, ResponseChange change, CancellationToken cancellationToken);

    /// <summary>Asks the process that makes a response to cancel it.</summary>
    Task RequestCancelAsync(string id, CancellationToken cancellationToken);

    /// <summary>Deletes a response with its events; false where there was none.</summary>
    Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>Deletes ended responses that were not used for too long, and the least recently used of those that are too many.</summary>
    /// <returns>How many.</returns>
    Task<int> PruneAsync(CancellationToken cancellationToken);
}
