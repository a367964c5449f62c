namespace Chorale.Kernels;

/// <summary>The keys and values of one layer, in pages that are allocated when positions are reserved: all of them, or a ring of the last.</summary>
/// <remarks>
/// In a ring position p lies where p - capacity lay and overwrites it. Different reserved positions may be stored by different threads at a time, and read by any number of
/// them afterwards; all else is for one thread.
/// </remarks>
sealed unsafe class LayerKeyValues : IDisposable
{
    readonly bool _isRing;
    KeyValuePage?[] _pages;

    /// <param name="layout">Where numbers lie in a page.</param>
    /// <param name="ringPositions">Positions that a ring holds at least; 0 holds all.</param>
    public LayerKeyValues(KeyValueLayout layout, int ringPositions = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ringPositions);
        Layout = layout;
        _isRing = ringPositions > 0;
        _pages = new KeyValuePage[_isRing ? layout.PagesFor(ringPositions) : 4];
    }

    public KeyValueLayout Layout { get; }

    /// <summary>Positions held at a time.</summary>
    public int Capacity => _isRing ? _pages.Length * Layout.PagePositions : int.MaxValue;

    /// <summary>Bytes of the pages; one that several sequences share counts for each by its part.</summary>
    public long ByteCount
    {
        get
        {
            long count = 0;
            foreach (KeyValuePage? page in _pages)
                count += page is null ? 0 : Layout.PageBytes / page.Holders;
            return count;
        }
    }

    /// <summary>Makes room for some positions, to be stored before they are read; pages shared with other sequences are copied.</summary>
    public void Reserve(int position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        if (count == 0)
            return;
        int last = checked(position + count - 1) / Layout.PagePositions;
        if (!_isRing && last >= _pages.Length)
            Array.Resize(ref _pages, Math.Max(last + 1, 2 * _pages.Length));
        for (int page = position / Layout.PagePositions; page <= last; page++)
        {
            int index = IndexOf(page);
            KeyValuePage? held = _pages[index];
            if (held is null)
                _pages[index] = new(Layout.PageBytes);
            else if (held.Holders > 1)
                _pages[index] = held.Own();
        }
    }

    /// <summary>Whether there is memory for positions <paramref name="first"/> to <paramref name="last"/>, all at the same time.</summary>
    public bool Holds(int first, int last)
    {
        if ((long)last - first >= Capacity || (!_isRing && last / Layout.PagePositions >= _pages.Length))
            return false;
        for (int page = first / Layout.PagePositions; page <= last / Layout.PagePositions; page++)
        {
            if (_pages[IndexOf(page)] is null)
                return false;
        }
        return true;
    }

    /// <summary>Stores one token's keys and values.</summary>
    /// <param name="position">Of the token, reserved before.</param>
    /// <param name="keys">Already turned by the rotary embedding, shape [kvHeads, headDim].</param>
    /// <param name="values">Shape [kvHeads, headDim].</param>
    public void Store(int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (keys.Length != Layout.KvHeads * Layout.HeadDim || values.Length != keys.Length)
            throw new ArgumentException($"{keys.Length} keys and {values.Length} values are not {Layout.KvHeads} heads of {Layout.HeadDim}.");
        if (!Holds(position, position))
            throw new ArgumentException($"Position {position} is not reserved.", nameof(position));
        int slot = position % KeyValueLayout.BlockSlots;
        fixed (float* ks = keys, vs = values)
            for (int head = 0; head < Layout.KvHeads; head++)
                KeyValueCodec.Store(Layout, ks + head * Layout.HeadDim, vs + head * Layout.HeadDim, Block(position, head), slot);
    }

    /// <summary>What is stored of one position and head, as float32.</summary>
    /// <param name="position">Stored before.</param>
    /// <param name="head">A key-value head.</param>
    /// <param name="key">Result, shape [headDim].</param>
    /// <param name="value">Result, shape [headDim].</param>
    public void Read(int position, int head, Span<float> key, Span<float> value)
    {
        if (position < 0 || head < 0 || head >= Layout.KvHeads || key.Length != Layout.HeadDim || value.Length != Layout.HeadDim || !Holds(position, position))
            throw new ArgumentException($"Position {position} of head {head} is not stored, or does not fit {key.Length} and {value.Length} numbers.");
        byte* block = Block(position, head);
        int slot = position % KeyValueLayout.BlockSlots;
        for (int d = 0; d < key.Length; d++)
        {
            key[d] = KeyValueCodec.Key(Layout, block, slot, d);
            value[d] = KeyValueCodec.Value(Layout, block, slot, d);
        }
    }

    /// <summary>Bytes of the blocks of all heads.</summary>
    public int BlocksLength => Layout.KvHeads * Layout.BlockBytes;

    /// <summary>The blocks of all heads that hold a position, for copying them; the position is reserved.</summary>
    public Span<byte> Blocks(int position)
    {
        if (position < 0 || !Holds(position, position))
            throw new ArgumentException($"Position {position} is not reserved.", nameof(position));
        return new(Block(position, 0), BlocksLength);
    }

    /// <summary>Frees the pages from a position on; a ring keeps its pages unless nothing is left.</summary>
    public void TrimTo(int position)
    {
        for (int page = position == 0 || !_isRing ? Layout.PagesFor(position) : _pages.Length; page < _pages.Length; page++)
        {
            _pages[page]?.Dispose();
            _pages[page] = null;
        }
    }

    /// <summary>Takes the positions before <paramref name="end"/> of another layer of the same layout that holds all, by sharing its pages; this one is empty.</summary>
    public void ShareFrom(LayerKeyValues source, int end)
    {
        if (_isRing || source._isRing || source.Layout != Layout || (end > 0 && !source.Holds(0, end - 1)))
            throw new ArgumentException($"The other layer does not hold {end} positions in the same layout.", nameof(source));
        TrimTo(0);
        int pages = Layout.PagesFor(end);
        if (_pages.Length < pages)
            Array.Resize(ref _pages, pages);
        for (int page = 0; page < pages; page++)
            _pages[page] = source._pages[page]!.Share();
    }

    /// <summary>The block of a position; unchecked.</summary>
    internal byte* Block(int position, int head)
    {
        int page = position / Layout.PagePositions, block = position % Layout.PagePositions / KeyValueLayout.BlockSlots;
        return _pages[IndexOf(page)]!.Pointer + ((long)block * Layout.KvHeads + head) * Layout.BlockBytes;
    }

    public void Dispose() => TrimTo(0);

    int IndexOf(int page) => _isRing ? page % _pages.Length : page;
}
