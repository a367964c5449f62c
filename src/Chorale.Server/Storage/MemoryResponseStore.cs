namespace Chorale.Server;

/// <summary>Keeps responses in this process: all is lost when it ends.</summary>
sealed class MemoryResponseStore(StoreLimits? limits = null, TimeProvider? time = null) : IResponseStore
{
    /// <summary>What an entry takes beside its texts, about.</summary>
    const int EntryBytes = 512;

    readonly StoreLimits _limits = limits ?? new();
    readonly TimeProvider _time = time ?? TimeProvider.System;
    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);

    /// <summary>The least recently used first.</summary>
    readonly LinkedList<Entry> _byUse = [];
    long _bytes;

    public Action<string>? CancelRequested { get; set; }

    /// <summary>How many responses are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public long Owner => 0;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CreateAsync(StoredResponse response, IReadOnlyList<StoredEvent> events, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Entry entry = new(response, _time.GetUtcNow());
            entry.Events.AddRange(events);
            _entries.Add(response.Id, _byUse.AddLast(entry));
            Measure(entry);
            Prune();
        }
        return Task.CompletedTask;
    }

    public Task AppendAsync(string id, IReadOnlyList<StoredEvent> events, ResponseChange? change, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            entry = _entries.GetValueOrDefault(id)?.Value ?? throw new ResponseGoneException(id);
            entry.Events.AddRange(events.SkipWhile(added => entry.Events.Count > 0 && added.Sequence <= entry.Events[^1].Sequence));
            if (change is not null)
                entry.Response = entry.Response with { Status = change.Status, Response = change.Response };
            if (change?.Status.IsEnd() != true)
            {
                Measure(entry);
                return Task.CompletedTask;
            }
        }

        // Nothing is added any more. Events repeat each other's words, so packed they take a small part of the memory; that is done outside the lock.
        byte[] lines = EventLines.Pack(entry.Events);
        byte[] packed = EventLines.Compress(lines);
        lock (_lock)
        {
            entry.Events.Clear();
            entry.Events.TrimExcess();
            (entry.Packed, entry.UnpackedLength) = (packed, lines.Length);
            if (_entries.ContainsKey(id))
                Measure(entry);
            Prune();
        }
        return Task.CompletedTask;
    }

    public Task<StoredResponse?> FindAsync(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(Use(id)?.Response);
    }

    public Task<IReadOnlyList<StoredResponse>> FindChainAsync(string id, long maxBytes, CancellationToken cancellationToken)
    {
        List<StoredResponse> chain = [];
        lock (_lock)
        {
            long bytes = 0;
            for (string? next = id; next is not null && Use(next)?.Response is { } found; next = found.PreviousId)
            {
                bytes += found.Input.Length + found.Response.Length;
                if (bytes > maxBytes && chain.Count > 0)
                    break;
                chain.Add(found);
            }
        }
        chain.Reverse();
        return Task.FromResult<IReadOnlyList<StoredResponse>>(chain);
    }

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(string id, int after, CancellationToken cancellationToken)
    {
        List<StoredEvent> events = [];
        byte[]? packed = null;
        int length = 0;
        lock (_lock)
        {
            if (Use(id) is { } entry)
            {
                (packed, length) = (entry.Packed, entry.UnpackedLength);
                if (packed is null)
                    events.AddRange(entry.Events.Where(stored => stored.Sequence > after));
            }
        }
        if (packed is not null)
            EventLines.Unpack(EventLines.Decompress(packed, length), after, events);
        return Task.FromResult<IReadOnlyList<StoredEvent>>(events);
    }

    public async Task<bool> CloseAsync(StoredResponse orphan, StoredEvent last, ResponseChange change, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_entries.GetValueOrDefault(orphan.Id)?.Value.Response.Status.IsEnd() != false)
                return false;
        }
        await AppendAsync(orphan.Id, [last], change, cancellationToken);
        return true;
    }

    public Task RequestCancelAsync(string id, CancellationToken cancellationToken)
    {
        CancelRequested?.Invoke(id);
        return Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out LinkedListNode<Entry>? node))
                return Task.FromResult(false);
            Drop(node);
            return Task.FromResult(true);
        }
    }

    public Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(Prune());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Entry? Use(string id)
    {
        if (!_entries.TryGetValue(id, out LinkedListNode<Entry>? node))
            return null;
        node.Value.UsedAt = _time.GetUtcNow();
        _byUse.Remove(node);
        _byUse.AddLast(node);
        return node.Value;
    }

    int Prune()
    {
        DateTimeOffset oldest = _time.GetUtcNow() - _limits.Lifetime;
        int dropped = 0;
        for (LinkedListNode<Entry>? node = _byUse.First; node is not null && IsTooMuch(node.Value, oldest);)
        {
            LinkedListNode<Entry>? next = node.Next;
            if (node.Value.Response.Status.IsEnd())
            {
                Drop(node);
                dropped++;
            }
            node = next;
        }
        return dropped;
    }

    bool IsTooMuch(Entry entry, DateTimeOffset oldest) => entry.UsedAt < oldest || _entries.Count > _limits.Responses || _bytes > _limits.MemoryBytes;

    void Drop(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Response.Id);
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }

    /// <summary>Counts an entry's bytes anew: all of an ended one, without the events of one that is being made, which are the run's as well.</summary>
    void Measure(Entry entry)
    {
        long bytes = EntryBytes + entry.Response.Input.Length + entry.Response.Response.Length + (entry.Packed?.Length ?? 0);
        _bytes += bytes - entry.Bytes;
        entry.Bytes = bytes;
    }

    sealed class Entry(StoredResponse response, DateTimeOffset usedAt)
    {
        public StoredResponse Response { get; set; } = response;

        public DateTimeOffset UsedAt { get; set; } = usedAt;

        /// <summary>Of a response that has not ended.</summary>
        public List<StoredEvent> Events { get; } = [];

        /// <summary>The events of one that has.</summary>
        public byte[]? Packed { get; set; }

        public int UnpackedLength { get; set; }

        public long Bytes { get; set; }
    }
}
