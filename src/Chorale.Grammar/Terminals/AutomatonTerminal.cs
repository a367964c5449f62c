using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>
/// Text of a regular language as UTF-8, or a JSON string whose value is of that language: an automaton of characters with one of bytes on top, which knows
/// UTF-8 and escapes.
/// </summary>
/// <remarks>
/// Inside a character a state holds the bits read so far, and the next byte is allowed where some character with these bits is; so neither escapes nor split characters
/// make the automaton of characters any larger. In a JSON string printable ASCII is written as it is, but for the quote, the backslash and (either way) the slash; anything else
/// may be escaped, in hexadecimal digits of either case, with surrogates in pairs.
/// </remarks>
sealed partial class AutomatonTerminal : Terminal
{
    const int FirstCapacity = 4, BitsOfByte = 8, Unknown = -2, Ascii = 0x80, FirstContinuation = 0x80, Continuations = 0x40, Bytes = 256;
    const int FirstHigh = 0xD800, FirstLow = 0xDC00, LastSurrogate = 0xDFFF, FirstOfPair = 0x10000, LastScalar = 0x10FFFF, BitsOfLow = 10;

    /// <summary>From so many bytes on that may come next, a state's mask is kept.</summary>
    const int WideFrom = 9;

    const int MostBytesOfCharacter = 6, MostBytesWithinCharacter = 16;

    static readonly (char Escape, int Scalar)[] ShortEscapes = [('"', '"'), ('\\', '\\'), ('/', '/'), ('b', '\b'), ('f', '\f'), ('n', '\n'), ('r', '\r'), ('t', '\t')];

    readonly Lock _gate = new();
    readonly Dictionary<ByteState, int> _indices = [];
    readonly Automaton _characters;
    readonly GrammarVocabulary _vocabulary;
    readonly bool _isJson;
    Node[] _nodes = new Node[FirstCapacity];
    int[] _table = new int[FirstCapacity << BitsOfByte];    // [state, byte]: the next state; longer than a reader knows, where it was replaced meanwhile
    int _count;

    public AutomatonTerminal(RegularExpression language, bool isJson, GrammarVocabulary vocabulary)
    {
        (_characters, _isJson, _vocabulary) = (new(language), isJson, vocabulary);
        lock (_gate)
            Add(new(isJson ? ByteStateKind.Quote : ByteStateKind.Between, 0));
    }

    public override bool IsEmpty => _characters.IsEmpty;

    public override int MostCost => _characters.MostLeft > Costs.Impossible / MostBytesOfCharacter - MostBytesWithinCharacter ? int.MaxValue
        : (_characters.MostLeft * MostBytesOfCharacter) + MostBytesWithinCharacter;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]    // a short program makes a few hundred masks in all, too few for the tiers of the JIT
    public override int Next(int state, byte value)
    {
        int[] table = _table;
        int index = (state << BitsOfByte) | value, next = index < table.Length ? Volatile.Read(ref table[index]) : Unknown;
        return next != Unknown ? next : Explore(state, value);
    }

    public override bool IsAccepting(int state) => _nodes[state].IsAccepting;

    public override ByteSet Live(int state) => Explored(state).Live;

    public override bool IsWide(int state) => Explored(state).IsWide;

    /// <summary>The characters whose escape begins with a number of a range.</summary>
    static List<(int First, int Last)> Escapable(int first, int last)
    {
        List<(int First, int Last)> ranges = [];
        Add(0, ' ' - 1);
        Add('"', '"');
        Add('/', '/');
        Add('\\', '\\');
        Add(0x7F, FirstHigh - 1);
        Add(LastSurrogate + 1, FirstOfPair - 1);
        (int firstHigh, int lastHigh) = (Math.Max(first, FirstHigh), Math.Min(last, FirstLow - 1));
        if (firstHigh <= lastHigh)
            ranges.Add((PairOf(firstHigh, FirstLow), PairOf(lastHigh, LastSurrogate)));
        return ranges;

        void Add(int from, int to)
        {
            if (Math.Max(first, from) <= Math.Min(last, to))
                ranges.Add((Math.Max(first, from), Math.Min(last, to)));
        }
    }

    static int PairOf(int high, int low) => FirstOfPair + ((high - FirstHigh) << BitsOfLow) + (low - FirstLow);

    static int HighOf(int scalar) => FirstHigh + ((scalar - FirstOfPair) >> BitsOfLow);

    static int LowOf(int scalar) => FirstLow + ((scalar - FirstOfPair) & ((1 << BitsOfLow) - 1));

    /// <summary>The characters that the bits read so far may become; of <see cref="ByteStateKind.Hex"/> the numbers.</summary>
    static (int First, int Last) RangeOf(ByteState place)
    {
        switch (place.Kind)
        {
            case ByteStateKind.Utf8:
                int shift = 6 * place.Left;
                int lowest = place.Left == 3 || (place.Left == 2 && place.Prefix >= 0x10) ? FirstOfPair : place.Left == 2 ? 0x800 : Ascii;
                return (Math.Max(place.Prefix << shift, lowest), Math.Min(((place.Prefix + 1) << shift) - 1, LastScalar));
            case ByteStateKind.Hex:
                return (place.Prefix << (4 * place.Left), ((place.Prefix + 1) << (4 * place.Left)) - 1);
            case ByteStateKind.LowBackslash or ByteStateKind.LowU:
                return (PairOf(place.Prefix, FirstLow), PairOf(place.Prefix, LastSurrogate));
            case ByteStateKind.LowHex:
                // The high surrogate stands above 16 bits of the low one.
                (int high, int digits) = (place.Prefix >>> 16, place.Prefix & 0xFFFF);
                int first = Math.Max(digits << (4 * place.Left), FirstLow), last = Math.Min(((digits + 1) << (4 * place.Left)) - 1, LastSurrogate);
                return first <= last ? (PairOf(high, first), PairOf(high, last)) : (1, 0);
            default:
                return (1, 0);
        }
    }

    int Explore(int state, byte value)
    {
        lock (_gate)
        {
            ByteState place = _nodes[state].Place;
            if (place.Kind == ByteStateKind.AnyUtf8)
                FillContinuations(state, Add(After(place, value)!.Value));
            else if (place.Kind == ByteStateKind.Between && !_nodes[state].IsFilled)
                FillBetween(state, place);
            if (_table[(state << BitsOfByte) | value] == Unknown)
                Set(state, value, After(place, value) is { } next ? Add(next) : Dead);
            return _table[(state << BitsOfByte) | value];
        }
    }

    /// <summary>Between characters nearly all bytes are asked for sooner or later: those that are alike cost less all at once. The others stay unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FillBetween(int state, ByteState place)
    {
        const int lengths = 4;    // bytes that are left of a character, 0 to 3
        CharClasses classes = _characters.Classes;
        int[] after = new int[classes.Count * lengths];
        Array.Fill(after, Unknown);
        for (int value = 0; value < Bytes; value++)
        {
            int left = value < Ascii ? 0 : value < 0xE0 ? 1 : value < 0xF0 ? 2 : 3;
            int only = value < Ascii ? classes[value] : classes.OfFirstByte((byte)value);
            bool isSpecial = _isJson && (value is < ' ' or '"' or '\\');
            if (only < 0 || isSpecial || IsEdge((byte)value) || value is >= Ascii and < 0xC2 or >= 0xF5)
                continue;
            ref int known = ref after[(only * lengths) + left];
            if (known == Unknown)
            {
                int next = _characters.Next(place.State, only);
                known = next == Dead ? Dead : Add(left == 0 ? new(ByteStateKind.Between, next) : new(ByteStateKind.AnyUtf8, next, 0, left));
            }
            Set(state, (byte)value, known);
        }
        _nodes[state].IsFilled = true;
    }

    void FillContinuations(int state, int next)
    {
        for (int value = FirstContinuation; value < FirstContinuation + Continuations; value++)
            Set(state, (byte)value, next);
    }

    void Set(int state, byte value, int next) => Volatile.Write(ref _table[(state << BitsOfByte) | value], next);

    /// <summary>Whether not every continuation after this first byte is UTF-8, so that the bytes after it are to be looked at.</summary>
    static bool IsEdge(byte first) => first is 0xE0 or 0xED or 0xF0 or 0xF4;

    Node Explored(int state)
    {
        Node node = _nodes[state];
        if (!Volatile.Read(ref node.IsExplored))
        {
            node.SetLive(LiveOf(state, node));
            Volatile.Write(ref node.IsExplored, true);
        }
        return node;
    }

    ByteSet LiveOf(int state, Node node)
    {
        ByteSet live = default;
        if (node.Place.Kind != ByteStateKind.Between)
        {
            for (int value = 0; value < Bytes; value++)
            {
                if (Next(state, (byte)value) != Dead)
                    live.Add((byte)value);
            }
            return live;
        }
        for (int c = 0; c < _characters.Classes.Count; c++)
        {
            if (_characters.Next(node.Place.State, c) != Dead)
                live.UnionWith(_characters.Classes.FirstBytes(c));
        }
        if (!_isJson)
            return live;
        for (int value = 0; value < ' '; value++)
            live.Remove((byte)value);
        live.Remove((byte)'"');
        live.Remove((byte)'\\');
        if (Next(state, (byte)'"') != Dead)
            live.Add((byte)'"');
        if (Next(state, (byte)'\\') != Dead)
            live.Add((byte)'\\');
        return live;
    }

    /// <summary>Where a byte leads; null where it cannot stand here.</summary>
    ByteState? After(ByteState place, byte value)
    {
        switch (place.Kind)
        {
            case ByteStateKind.Quote:
                return value == '"' ? new(ByteStateKind.Between, place.State) : null;
            case ByteStateKind.Between:
                return AfterCharacter(place.State, value);
            case ByteStateKind.Utf8:
                return AfterContinuation(place, value);
            case ByteStateKind.AnyUtf8:
                return place.Left > 1 ? place with { Left = place.Left - 1 } : new(ByteStateKind.Between, place.State);
            case ByteStateKind.Escape:
                foreach ((char escape, int scalar) in ShortEscapes)
                {
                    if (value == escape)
                        return Reach(place.State, scalar);
                }
                return value == 'u' ? IfAlive(new(ByteStateKind.Hex, place.State, 0, 4)) : null;
            case ByteStateKind.Hex:
                return AfterHex(place, value);
            case ByteStateKind.AnyHex when char.IsAsciiHexDigit((char)value):
                return place.Left > 1 ? place with { Left = place.Left - 1 } : new(ByteStateKind.Between, place.State);
            case ByteStateKind.LowBackslash:
                return value == '\\' ? place with { Kind = ByteStateKind.LowU } : null;
            case ByteStateKind.LowU:
                return value == 'u' ? new(ByteStateKind.LowHex, place.State, place.Prefix << 16, 4) : null;
            case ByteStateKind.LowHex:
                return AfterLowHex(place, value);
            default:
                return null;
        }
    }

    ByteState? AfterCharacter(int state, byte value)
    {
        if (_isJson && value == '"')
            return _characters.IsAccepting(state) ? new(ByteStateKind.End, 0) : null;
        if (_isJson && value == '\\')
            return IfAlive(new(ByteStateKind.Escape, state));
        if (_isJson && value < ' ')
            return null;
        return value switch
        {
            < 0x80 => Reach(state, value),
            < 0xC2 => null,
            < 0xE0 => IfAlive(new(ByteStateKind.Utf8, state, value & 0x1F, 1)),
            < 0xF0 => IfAlive(new(ByteStateKind.Utf8, state, value & 0x0F, 2)),
            < 0xF5 => IfAlive(new(ByteStateKind.Utf8, state, value & 0x07, 3)),
            _ => null,
        };
    }

    ByteState? AfterContinuation(ByteState place, byte value)
    {
        int prefix = (place.Prefix << 6) | (value & 0x3F);
        if (place.Left == 1)
            return Reach(place.State, prefix);
        // A longer form than the character needs is no UTF-8.
        bool isOverlong = (place.Left == 3 && prefix < FirstOfPair >> 12) || (place.Left == 2 && place.Prefix < 0x10 && prefix < 0x800 >> 6);
        return isOverlong ? null : IfAlive(place with { Prefix = prefix, Left = place.Left - 1 });
    }

    ByteState? AfterHex(ByteState place, byte value)
    {
        if (!TryHex(value, out int digit))
            return null;
        int prefix = (place.Prefix << 4) | digit;
        if (place.Left > 1)
            return IfAlive(place with { Prefix = prefix, Left = place.Left - 1 });
        if (prefix is >= FirstHigh and < FirstLow)
            return IfAlive(new(ByteStateKind.LowBackslash, place.State, prefix));
        return Escapable(prefix, prefix).Count > 0 ? Reach(place.State, prefix) : null;
    }

    ByteState? AfterLowHex(ByteState place, byte value)
    {
        if (!TryHex(value, out int digit))
            return null;
        ByteState next = place with { Prefix = (place.Prefix & ~0xFFFF) | ((place.Prefix & 0xFFF) << 4) | digit, Left = place.Left - 1 };
        (int first, int last) = RangeOf(next);
        if (first > last)
            return null;
        return next.Left > 0 ? IfAlive(next) : Reach(place.State, first);
    }

    static bool TryHex(byte value, out int digit)
    {
        digit = char.IsAsciiDigit((char)value) ? value - '0' : (value | 0x20) - 'a' + 10;
        return char.IsAsciiHexDigit((char)value);
    }

    ByteState? Reach(int state, int scalar)
    {
        int next = _characters.Next(state, _characters.Classes[scalar]);
        return next == Dead ? null : new(ByteStateKind.Between, next);
    }

    /// <summary>A place within a character, where that can still become one that may stand here.</summary>
    ByteState? IfAlive(ByteState place)
    {
        CharClasses classes = _characters.Classes;
        (int first, int last) = RangeOf(place);
        switch (place.Kind)
        {
            case ByteStateKind.Escape:
                return Array.Exists(ShortEscapes, escape => IsAllowed(classes[escape.Scalar])) || Escapable(0, 0xFFFF).Exists(range => classes.Any(range.First, range.Last, IsAllowed))
                    ? place : null;
            case ByteStateKind.Hex:
                List<(int First, int Last)> escapable = Escapable(first, last);
                if (!escapable.Exists(range => classes.Any(range.First, range.Last, IsAllowed)))
                    return null;
                int whole = escapable is [var range] && range == (first, last) ? classes.ClassOf(first, last) : Dead;
                return whole == Dead ? place : new(ByteStateKind.AnyHex, _characters.Next(place.State, whole), 0, place.Left);
            case ByteStateKind.Utf8:
                if (first > last || !classes.Any(first, last, IsAllowed))
                    return null;
                // After these bytes not every continuation is UTF-8, so they are kept apart.
                bool isEdge = (place.Left == 2 && place.Prefix is 0x0 or 0xD) || (place.Left == 3 && place.Prefix is 0 or 4);
                int only = isEdge ? Dead : classes.ClassOf(first, last);
                return only == Dead ? place : new(ByteStateKind.AnyUtf8, _characters.Next(place.State, only), 0, place.Left);
            default:
                return first <= last && classes.Any(first, last, IsAllowed) ? place : null;
        }

        bool IsAllowed(int charClass) => _characters.Next(place.State, charClass) != Dead;
    }

    int Add(ByteState place)
    {
        if (_indices.TryGetValue(place, out int index))
            return index;
        if (_count == _nodes.Length)
        {
            Node[] larger = new Node[_count * 2];
            _nodes.CopyTo(larger, 0);
            Volatile.Write(ref _nodes, larger);
            int[] table = new int[larger.Length << BitsOfByte];
            _table.CopyTo(table, 0);
            Volatile.Write(ref _table, table);
        }
        (int first, int length) = place.Kind switch
        {
            ByteStateKind.Between => (0, Bytes),
            ByteStateKind.Utf8 or ByteStateKind.AnyUtf8 => (FirstContinuation, Continuations),
            ByteStateKind.End => (0, 0),
            _ => (0, Ascii),
        };
        bool isAccepting = place.Kind == ByteStateKind.End || (place.Kind == ByteStateKind.Between && !_isJson && _characters.IsAccepting(place.State));
        _nodes[_count] = new(place, isAccepting);
        Span<int> row = _table.AsSpan(_count << BitsOfByte, Bytes);
        row.Fill(Dead);
        row.Slice(first, length).Fill(Unknown);
        _indices.Add(place, _count);
        return _count++;
    }

    /// <summary>A state, and what is known of it.</summary>
    sealed class Node(ByteState place, bool isAccepting) : IMaskHolder
    {
        public readonly ByteState Place = place;
        public readonly bool IsAccepting = isAccepting;
        public TerminalMask? Mask;
        public bool IsExplored;
        public bool IsFilled;
        public int Cost;    // plus 1; 0 is not known
        ByteSet _live;

        public ref readonly ByteSet Live => ref _live;

        public bool IsWide { get; private set; }

        public void SetLive(ByteSet live)
        {
            _live = live;
            IsWide = live.Count >= WideFrom;
        }

        public void DropMask() => Volatile.Write(ref Mask, null);
    }
}
