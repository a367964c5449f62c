namespace Chorale.Server;

/// <summary>
/// Keeps the events of a response that is being made: those that must be kept before they are sent at once, all others in batches, soon after. What fails in the background is tried
/// again with what follows.
/// </summary>
/// <param name="store">Keeps them.</param>
/// <param name="id">The response's.</param>
/// <param name="time">Waits.</param>
/// <param name="interval">How long an event waits at most until it is on its way to the store.</param>
sealed class EventRecorder(IResponseStore store, string id, TimeProvider time, TimeSpan interval)
{
    readonly SemaphoreSlim _writing = new(1, 1);
    readonly Lock _lock = new();
    List<StoredEvent> _pending = [];
    bool _isScheduled, _isClosed;

    /// <summary>Somebody was told that what is pending could not be kept, and has to say first what becomes of it.</summary>
    bool _isHeld;
    ResponseGoneException? _gone;

    /// <summary>Takes events; returns when they may be sent.</summary>
    /// <param name="events">In order, behind those that were taken before.</param>
    /// <param name="change">What changes with them; null nothing.</param>
    /// <exception cref="ResponseGoneException">The response was deleted, or ended elsewhere.</exception>
    /// <exception cref="StoreUnavailableException">They must be kept before they are sent, and cannot be.</exception>
    public ValueTask AddAsync(IReadOnlyList<StoredEvent> events, ResponseChange? change)
    {
        bool schedule = false;
        bool mustKeep = change is not null;
        lock (_lock)
        {
            if (_gone is not null)
                throw _gone;
            _isHeld = false;
            foreach (StoredEvent added in events)
            {
                _pending.Add(added);
                mustKeep |= EventTypes.IsDurable(added.Type);
            }
            mustKeep |= _pending.Count > InterruptedResponse.MaxUnkept;
            if (!mustKeep && !_isScheduled && _pending.Count > 0)
                schedule = _isScheduled = true;
        }
        if (mustKeep)
            return new(KeepAsync(change, isAwaited: true));
        if (schedule)
            _ = KeepSoonAsync();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes back what is not kept yet from a sequence number on, as something else is to stand there.</summary>
    public void Withdraw(int sequence)
    {
        lock (_lock)
            _pending.RemoveAll(pending => pending.Sequence >= sequence);
    }

    /// <summary>Gives up: what is not kept yet never will be.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _pending.Clear();
        }
    }

    /// <summary>What was begun is kept, or failed, whatever becomes of the response meanwhile: so nothing cancels it.</summary>
    async Task KeepAsync(ResponseChange? change, bool isAwaited)
    {
        await _writing.WaitAsync();
        try
        {
            List<StoredEvent> batch;
            lock (_lock)
            {
                if (_isHeld && !isAwaited)
                    return;
                (batch, _pending) = (_pending, []);
            }
            if (batch.Count == 0 && change is null)
                return;
            try
            {
                await store.AppendAsync(id, batch, change, CancellationToken.None);
            }
            catch
            {
                lock (_lock)
                {
                    _pending.InsertRange(0, batch);
                    _isHeld = isAwaited;
                }
                throw;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    async Task KeepSoonAsync()
    {
        bool again = true;
        while (again)
        {
            await Task.Delay(interval, time);
            try
            {
                await KeepAsync(null, isAwaited: false);
            }
            catch (StoreUnavailableException)
            {
                // Whoever has to wait for the store will be told.
            }
            catch (ResponseGoneException e)
            {
                lock (_lock)
                    (_gone, _isClosed) = (e, true);
            }
            lock (_lock)
                _isScheduled = again = _pending.Count > 0 && !_isClosed;
        }
    }
}
