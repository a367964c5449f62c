using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The keys and values of one sequence, layer by layer.</summary>
/// <remarks>
/// Full layers keep all positions, in pages that are allocated as the sequence grows and freed as it is cut. Sliding layers keep a ring of their window, of one
/// batch, and of some positions more for going back; a snapshot keeps the window before one position for good. Not for several threads at a time; what it shares with
/// its forks does not count, they may be other threads'.
/// </remarks>
sealed class KvCache : IDisposable
{
    /// <summary>Positions of a page, unless a test asks for fewer.</summary>
    internal const int DefaultPage = 128;

    readonly LayerKeyValues[] _layers;     // sliding and full in turn, as in the model
    readonly LayerKeyValues[] _sliding;
    readonly LayerKeyValues[] _full;
    readonly List<WindowSnapshot> _snapshots = [];    // by position
    readonly int _window;
    int _oldest;    // the first position that every sliding layer still holds

    /// <summary>An empty cache; it takes memory as it grows.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="contextLength">The most positions.</param>
    /// <param name="batch">The most positions stored between two calls of <see cref="Advance"/>.</param>
    /// <param name="rollback">How far back <see cref="TryTruncate"/> can go at least without a snapshot, whatever came before.</param>
    /// <param name="type">How numbers are kept.</param>
    /// <param name="page">Positions for which memory is allocated together.</param>
    public KvCache(ModelConfig config, int contextLength, int batch, int rollback, KeyValueType type = KeyValueType.F32, int page = DefaultPage)
    {
        (ContextLength, Type, _window) = (contextLength, type, config.SlidingWindow);
        KeyValueFormat format = type switch
        {
            KeyValueType.F32 => KeyValueFormat.F32,
            KeyValueType.F16 => KeyValueFormat.F16,
            KeyValueType.Q8 => KeyValueFormat.Q8,
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        KeyValueLayout layout = new(format, config.NumKeyValueHeads, config.HeadDim, page);
        // An aborted batch and the positions gone back by are taken from the same slack, hence the sum.
        int ring = (int)Math.Min((long)contextLength, (long)config.SlidingWindow + batch + rollback);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new LayerKeyValues(layout, ModelConfig.IsSliding(layer) ? ring : 0))];
        _sliding = [.. _layers.Where((_, layer) => ModelConfig.IsSliding(layer))];
        _full = [.. _layers.Where((_, layer) => !ModelConfig.IsSliding(layer))];
    }

    /// <summary>The most positions.</summary>
    public int ContextLength { get; }

    /// <summary>How numbers are kept.</summary>
    public KeyValueType Type { get; }

    /// <summary>How many positions are stored: that of the next id.</summary>
    public int Position { get; private set; }

    /// <summary>
    /// Bytes of keys and values at present, snapshots included. What caches share by <see cref="TryFork"/> counts for each by its part: the sum over all caches is what
    /// they take together.
    /// </summary>
    public long ByteCount
    {
        get
        {
            long count = SnapshotByteCount;
            foreach (LayerKeyValues layer in _layers)
                count += layer.ByteCount;
            return count;
        }
    }

    /// <summary>Bytes of the snapshots alone.</summary>
    public long SnapshotByteCount
    {
        get
        {
            long count = 0;
            foreach (WindowSnapshot snapshot in _snapshots)
                count += snapshot.ByteCount;
            return count;
        }
    }

    /// <summary>The positions of the snapshots, in order.</summary>
    public IEnumerable<int> Snapshots => _snapshots.Select(snapshot => snapshot.Position);

    /// <summary>The keys and values of a layer.</summary>
    public LayerKeyValues this[int layer] => _layers[layer];

    /// <summary>Bytes of a cache that holds some positions and no snapshot, for budgets: with the same pages and rings as this one.</summary>
    public long ByteCountOf(int positions)
    {
        KeyValueLayout layout = _layers[0].Layout;
        long full = layout.PagesFor(positions), ring = Math.Min(full, layout.PagesFor(_sliding[0].Capacity));
        return layout.PageBytes * ((full * _full.Length) + (ring * _sliding.Length));
    }

    /// <summary>Makes room for <paramref name="tokens"/> more positions, before their keys and values are stored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many left in the context.</exception>
    public void Reserve(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, ContextLength - Position);
        foreach (LayerKeyValues layer in _layers)
            layer.Reserve(Position, tokens);
        // The ring is overwritten from here on, even where the batch is given up.
        _oldest = Math.Max(_oldest, Position + tokens - _sliding[0].Capacity);
    }

    /// <summary>Counts the positions stored since, in all layers.</summary>
    public void Advance(int tokens) => Position += tokens;

    /// <summary>The last place not after <paramref name="position"/> that <see cref="TryTruncate"/> can go back to; 0 is always one.</summary>
    public int LastReachable(int position)
    {
        position = Math.Min(position, Position);
        if (IsInRing(position))
            return position;
        return _snapshots.FindLast(snapshot => snapshot.Position <= position)?.Position ?? 0;
    }

    /// <summary>
    /// Forgets the positions from <paramref name="position"/> on, if the sliding layers still hold the window before it, or there is a snapshot of it; if not, false,
    /// and nothing changed. Snapshots of later positions are forgotten as well.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">So many are not stored.</exception>
    public bool TryTruncate(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        if (position == 0)
        {
            Clear();
            return true;
        }
        if (!IsInRing(position))
        {
            if (SnapshotOf(position) is not { } snapshot)
                return false;
            snapshot.CopyTo(_sliding);
            _oldest = FirstSeen(position);
        }
        Position = position;
        foreach (LayerKeyValues layer in _full)
            layer.TrimTo(position);
        DropSnapshots(snapshot => snapshot.Position > position);
        return true;
    }

    /// <summary>Forgets all positions and snapshots, and frees their memory.</summary>
    public void Clear()
    {
        (Position, _oldest) = (0, 0);
        foreach (LayerKeyValues layer in _layers)
            layer.TrimTo(0);
        DropSnapshots(_ => true);
    }

    /// <summary>Keeps the window before a position, so that <see cref="TryTruncate"/> can go back there for as long as it is stored.</summary>
    /// <param name="position">Not after <see cref="Position"/>. Right after a batch, any place in it will do, and the place before it.</param>
    /// <returns>False where the window is no longer there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">So many positions are not stored.</exception>
    public bool TrySnapshot(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        if (position == 0 || SnapshotOf(position) is not null)
            return true;
        if (!IsInRing(position))
            return false;
        int after = _snapshots.FindIndex(snapshot => snapshot.Position > position);
        _snapshots.Insert(after < 0 ? _snapshots.Count : after, new(position, FirstSeen(position), _sliding));
        return true;
    }

    /// <summary>Frees the snapshot of a position; false where there is none.</summary>
    public bool DropSnapshot(int position) => DropSnapshots(snapshot => snapshot.Position == position) > 0;

    /// <summary>
    /// Makes this cache begin like another: its first <paramref name="position"/> positions. Full layers share their pages until one of the two writes to
    /// them, sliding ones are copied; snapshots stay with the other.
    /// </summary>
    /// <param name="source">A cache of the same model, type and page; unchanged.</param>
    /// <param name="position">Where the other one could go back to by <see cref="TryTruncate"/>.</param>
    /// <returns>False where it could not; nothing changed then.</returns>
    /// <exception cref="ArgumentException">The other cache is of another kind, or the positions are more than it or this one holds.</exception>
    public bool TryFork(KvCache source, int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Math.Min(source.Position, ContextLength));
        if (ReferenceEquals(source, this) || source._layers.Length != _layers.Length || source._layers[0].Layout != _layers[0].Layout || source._window != _window)
            throw new ArgumentException("The other cache is of another kind.", nameof(source));
        WindowSnapshot? snapshot = source.SnapshotOf(position);
        if (position > 0 && snapshot is null && !source.IsInRing(position))
            return false;
        Clear();
        if (position == 0)
            return true;
        for (int layer = 0; layer < _full.Length; layer++)
            _full[layer].ShareFrom(source._full[layer], position);
        if (snapshot is not null)
        {
            snapshot.CopyTo(_sliding);
        }
        else
        {
            using WindowSnapshot window = new(position, FirstSeen(position), source._sliding);
            window.CopyTo(_sliding);
        }
        (Position, _oldest) = (position, FirstSeen(position));
        return true;
    }

    public void Dispose() => Clear();

    /// <summary>The first position that an id at <paramref name="position"/> sees on a sliding layer.</summary>
    int FirstSeen(int position) => Math.Max(0, position - _window + 1);

    bool IsInRing(int position) => FirstSeen(position) >= _oldest;

    WindowSnapshot? SnapshotOf(int position) => _snapshots.Find(snapshot => snapshot.Position == position);

    int DropSnapshots(Predicate<WindowSnapshot> which)
    {
        foreach (WindowSnapshot snapshot in _snapshots.FindAll(which))
            snapshot.Dispose();
        return _snapshots.RemoveAll(which);
    }
}
