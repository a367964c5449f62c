using System.Buffers;
using System.Runtime.CompilerServices;

namespace Chorale.Harmony;

/// <summary>
/// Renders as <see cref="HarmonyEncoding"/> does, id for id, and remembers the ids of each message: a conversation that grows
/// costs what is new of it, and copying the rest.
/// </summary>
/// <remarks>
/// <para>
/// A message is looked for by reference first, which costs the same whatever its length, then by value, which reads its text: a
/// conversation that is read anew from JSON at every turn is hashed and compared but not encoded again.
/// </para>
/// <para>
/// Bounded by ids: the messages that were used longest ago make room. A rendering never takes the room of a message that it
/// uses itself, so of a conversation larger than the cache the beginning stays instead of everything falling out in turn.
/// Each message held keeps its text alive beside four bytes an id.
/// </para>
/// <para>Threads may share it; encoding is done outside its lock.</para>
/// </remarks>
public sealed class RenderCache
{
    readonly Lock _lock = new();
    readonly ConditionalWeakTable<Message, Entry> _byReference = [];
    readonly Dictionary<Key, Entry> _byValue = [];
    readonly LinkedList<Entry> _byUse = [];   // the longest unused first
    long _round;
    long _hits;
    long _misses;
    long _idsReused;
    long _idsEncoded;
    long _evictions;
    int _idsHeld;

    /// <summary>An empty cache.</summary>
    /// <param name="encoding">Renders what is not there.</param>
    /// <param name="capacityInIds">How many ids it may hold, 0 or more. The default holds two full contexts of gpt-oss in 1 MB.</param>
    public RenderCache(HarmonyEncoding encoding, int capacityInIds = 262_144)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentOutOfRangeException.ThrowIfNegative(capacityInIds);
        Encoding = encoding;
        CapacityInIds = capacityInIds;
    }

    /// <summary>Renders what is not there.</summary>
    public HarmonyEncoding Encoding { get; }

    /// <summary>How many ids it may hold.</summary>
    public int CapacityInIds { get; }

    /// <summary>What it has done so far, at this moment.</summary>
    public RenderCacheStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new()
                {
                    Hits = _hits,
                    Misses = _misses,
                    IdsReused = _idsReused,
                    IdsEncoded = _idsEncoded,
                    Evictions = _evictions,
                    Entries = _byUse.Count,
                    IdsHeld = _idsHeld,
                };
            }
        }
    }

    /// <summary>Forgets every message; the counts go on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _byReference.Clear();
            _byValue.Clear();
            _byUse.Clear();
            _idsHeld = 0;
        }
    }

    /// <inheritdoc cref="HarmonyEncoding.RenderConversation(Conversation, RenderOptions?)"/>
    public int[] RenderConversation(Conversation conversation, RenderOptions? options = null) =>
        Render(conversation, options, RenderPurpose.Conversation, default, destination: null)!;

    /// <inheritdoc cref="HarmonyEncoding.RenderConversation(Conversation, RenderOptions?, IBufferWriter{int})"/>
    public void RenderConversation(Conversation conversation, RenderOptions? options, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Render(conversation, options, RenderPurpose.Conversation, default, destination);
    }

    /// <inheritdoc cref="HarmonyEncoding.RenderForCompletion(Conversation, Role, RenderOptions?)"/>
    public int[] RenderForCompletion(Conversation conversation, Role nextRole = Role.Assistant, RenderOptions? options = null) =>
        Render(conversation, options, RenderPurpose.Completion, nextRole, destination: null)!;

    /// <inheritdoc cref="HarmonyEncoding.RenderForCompletion(Conversation, Role, RenderOptions?, IBufferWriter{int})"/>
    public void RenderForCompletion(Conversation conversation, Role nextRole, RenderOptions? options, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Render(conversation, options, RenderPurpose.Completion, nextRole, destination);
    }

    /// <inheritdoc cref="HarmonyEncoding.RenderForTraining(Conversation, RenderOptions?)"/>
    public int[] RenderForTraining(Conversation conversation, RenderOptions? options = null) =>
        Render(conversation, options, RenderPurpose.Training, default, destination: null)!;

    /// <inheritdoc cref="HarmonyEncoding.RenderForTraining(Conversation, RenderOptions?, IBufferWriter{int})"/>
    public void RenderForTraining(Conversation conversation, RenderOptions? options, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Render(conversation, options, RenderPurpose.Training, default, destination);
    }

    /// <summary>Collects the ids of all messages, then writes them; null is returned where there is a destination.</summary>
    int[]? Render(Conversation conversation, RenderOptions? options, RenderPurpose purpose, Role nextRole, IBufferWriter<int>? destination)
    {
        RenderPlan plan = new(Encoding, conversation, options, purpose);
        ReadOnlySpan<int> start = purpose == RenderPurpose.Completion ? [Encoding.Control.Start, .. Encoding.Headers.Role(nextRole)] : [];
        int count = plan.Messages.Length;
        int[]?[] bodies = ArrayPool<int[]?>.Shared.Rent(count);
        try
        {
            int total = Collect(plan, bodies.AsSpan(0, count)) + start.Length;
            int[]? result = destination is null ? GC.AllocateUninitializedArray<int>(total) : null;
            Writer writer = new(result, destination);
            for (int i = 0; i < count; i++)
            {
                if (bodies[i] is { } body)
                    writer.Write(body, plan.EndOf(i));
            }
            writer.Write(start);
            return result;
        }
        finally
        {
            ArrayPool<int[]?>.Shared.Return(bodies, clearArray: true);
        }
    }

    /// <summary>Fills in the ids of each message that is kept, without its end; null for the others.</summary>
    /// <returns>How many ids there are, ends included.</returns>
    int Collect(in RenderPlan plan, Span<int[]?> bodies)
    {
        List<Missing>? missing;
        long round;
        lock (_lock)
        {
            round = ++_round;
            missing = FindByReference(plan, bodies, round);
        }
        if (missing is not null)
        {
            foreach (Missing message in missing)
                message.Key = message.Key.Hashed();
            lock (_lock)
                FindByValue(missing, bodies, round);
            Encode(missing, bodies);
            lock (_lock)
                Keep(missing, bodies, round);
        }
        int count = 0;
        foreach (int[]? body in bodies)
            count += body is null ? 0 : body.Length + 1;
        return count;
    }

    List<Missing>? FindByReference(in RenderPlan plan, Span<int[]?> bodies, long round)
    {
        List<Missing>? missing = null;
        for (int i = 0; i < bodies.Length; i++)
        {
            bodies[i] = null;
            if (plan.Drops(i))
                continue;
            Message message = plan.Messages[i];
            RenderContext context = ContextOf(message, plan.Context);
            if (_byReference.TryGetValue(message, out Entry? entry) && entry.IsHeld && entry.Key.Context == context)
                bodies[i] = Use(entry, round);
            else
                (missing ??= []).Add(new(i, new Key(message, context)));
        }
        return missing;
    }

    void FindByValue(List<Missing> missing, Span<int[]?> bodies, long round)
    {
        foreach (Missing message in missing)
        {
            if (!_byValue.TryGetValue(message.Key, out Entry? entry))
                continue;
            bodies[message.Index] = Use(entry, round);
            _byReference.AddOrUpdate(message.Key.Message, entry);
            message.IsFound = true;
        }
    }

    void Encode(List<Missing> missing, Span<int[]?> bodies)
    {
        foreach (Missing message in missing)
            if (!message.IsFound)
                ConversationRenderer.Check(message.Key.Message, message.Index, message.Key.Context);
        using PooledIds ids = new();
        foreach (Missing message in missing)
        {
            if (message.IsFound)
                continue;
            ids.Clear();
            ConversationRenderer.Body(Encoding, message.Key.Message, message.Key.Context, ids);
            bodies[message.Index] = ids.Written.ToArray();
        }
    }

    void Keep(List<Missing> missing, Span<int[]?> bodies, long round)
    {
        bool hasRoom = true;
        foreach (Missing message in missing)
        {
            if (message.IsFound)
                continue;
            int[] ids = bodies[message.Index]!;
            _misses++;
            _idsEncoded += ids.Length;
            if (_byValue.TryGetValue(message.Key, out Entry? entry))   // twice in this conversation, or another thread was quicker
                _byReference.AddOrUpdate(message.Key.Message, entry);
            else if (ids.Length <= CapacityInIds && hasRoom)
                hasRoom = TryAdd(new Entry(message.Key, ids, round));
        }
    }

    int[] Use(Entry entry, long round)
    {
        entry.Round = Math.Max(entry.Round, round);
        _byUse.Remove(entry.Node);
        _byUse.AddLast(entry.Node);
        _hits++;
        _idsReused += entry.Ids.Length;
        return entry.Ids;
    }

    bool TryAdd(Entry entry)
    {
        if (!TryMakeRoom(entry.Ids.Length, entry.Round))
            return false;
        _byValue.Add(entry.Key, entry);
        _byReference.AddOrUpdate(entry.Key.Message, entry);
        _byUse.AddLast(entry.Node);
        _idsHeld += entry.Ids.Length;
        return true;
    }

    /// <summary>Evicts what was used longest ago, but only if that makes the room, and nothing that this or a later rendering uses.</summary>
    bool TryMakeRoom(int ids, long round)
    {
        int missing = _idsHeld + ids - CapacityInIds;
        int evicted = 0;
        foreach (Entry entry in _byUse)
        {
            if (missing <= 0 || entry.Round >= round)
                break;
            missing -= entry.Ids.Length;
            evicted++;
        }
        if (missing > 0)
            return false;
        for (; evicted > 0; evicted--)
            Evict(_byUse.First!.Value);
        return true;
    }

    void Evict(Entry entry)
    {
        _byUse.Remove(entry.Node);
        _byValue.Remove(entry.Key);
        _idsHeld -= entry.Ids.Length;
        entry.Forget();
        _evictions++;
    }

    /// <summary>The same for every conversation where the message is text alone.</summary>
    static RenderContext ContextOf(Message message, RenderContext context)
    {
        for (int i = 0; i < message.Content.Count; i++)
            if (message.Content[i] is not TextContent)
                return context;
        return default;
    }

    /// <summary>A message by value, with what else its ids depend on.</summary>
    readonly struct Key(Message message, RenderContext context, int hash = 0) : IEquatable<Key>
    {
        public Message Message { get; } = message;

        public RenderContext Context { get; } = context;

        /// <summary>The same with the hash that a dictionary needs; it reads all of the message's text.</summary>
        public Key Hashed() => new(Message, Context, HashCode.Combine(Message, Context));

        public bool Equals(Key other) => hash == other.GetHashCode() && Context == other.Context && Message.Equals(other.Message);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => hash;
    }

    /// <summary>The ids of one message.</summary>
    sealed class Entry
    {
        public Entry(Key key, int[] ids, long round)
        {
            Key = key;
            Ids = ids;
            Round = round;
            Node = new(this);
        }

        public Key Key { get; private set; }

        public int[] Ids { get; private set; }

        /// <summary>The last rendering that used it.</summary>
        public long Round { get; set; }

        public LinkedListNode<Entry> Node { get; }

        /// <summary>False once it was evicted; a message that lives on may still lead here.</summary>
        public bool IsHeld => Node.List is not null;

        public void Forget() => (Key, Ids) = (default, []);
    }

    /// <summary>A message that was not found by reference.</summary>
    sealed class Missing(int index, Key key)
    {
        public int Index => index;

        public Key Key { get; set; } = key;

        public bool IsFound { get; set; }
    }

    /// <summary>Writes to an array that has the very size, or to the caller's buffer.</summary>
    ref struct Writer(Span<int> result, IBufferWriter<int>? destination)
    {
        Span<int> _rest = result;

        public void Write(scoped ReadOnlySpan<int> body, int end)
        {
            Write(body);
            Write([end]);
        }

        public void Write(scoped ReadOnlySpan<int> ids)
        {
            if (destination is not null)
            {
                destination.Write(ids);
                return;
            }
            ids.CopyTo(_rest);
            _rest = _rest[ids.Length..];
        }
    }
}
