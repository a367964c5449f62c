using System.Runtime.InteropServices;

namespace Chorale.Grammar;

/// <summary>A grammar ready to give masks over one vocabulary. Threads may share it; each sequence has a <see cref="GrammarMatcher"/> of its own.</summary>
public sealed class CompiledGrammar
{
    /// <summary>How large the states may be that are kept to be met again, in terminals and items; all go when they are larger, and what is in use stays with its matcher.</summary>
    const int MostSize = 2_000_000;

    /// <summary>What a state takes by itself, in the same measure.</summary>
    const int OwnSize = 8;

    readonly Lock _gate = new();
    readonly RuleGraph[] _rules;
    readonly GrammarState[] _states;
    readonly bool[] _nullable;
    readonly int _root;
    readonly Lazy<GrammarCosts> _costs;
    readonly Dictionary<Kernel, ItemSet> _sets = [];
    readonly Dictionary<Begun, MatchState> _matchStates = [];
    MatchState? _first;
    int _setCount;
    int _size;

    // Scratch of Advance and Close, used under the lock.
    readonly List<Reading> _going = [];
    readonly List<Item> _ended = [];
    readonly HashSet<Item> _seen = [];
    readonly HashSet<Reading> _seenReadings = [];
    readonly HashSet<(int Rule, Item Then)> _seenCalls = [];
    readonly Stack<Item> _open = [];

    internal CompiledGrammar(GrammarVocabulary vocabulary, RuleGraph[] rules, GrammarState[] states, bool[] nullable, int root, IReadOnlyList<JsonSchemaException> ignored)
    {
        (Vocabulary, _rules, _states, _nullable, _root, Ignored) = (vocabulary, rules, states, nullable, root, ignored);
        _costs = new(() => GrammarCosts.Measure(rules, states));
    }

    /// <summary>The vocabulary whose ids it is about.</summary>
    public GrammarVocabulary Vocabulary { get; }

    /// <summary>What a lenient schema asked for and is not enforced.</summary>
    public IReadOnlyList<JsonSchemaException> Ignored { get; }

    /// <summary>How many rules it has.</summary>
    public int RuleCount => _rules.Length;

    /// <summary>How many states its rules have.</summary>
    public int StateCount => _states.Length;

    /// <summary>How many terminals its rules read, each place counted.</summary>
    public int TerminalCount => _states.Sum(state => state.Edges.Count(edge => edge is Edge.Read));

    /// <summary>Where every text begins.</summary>
    internal MatchState First
    {
        get
        {
            if (Volatile.Read(ref _first) is { } first)
                return first;
            lock (_gate)
                return _first ??= Find([], Begin());
        }
    }

    /// <summary>Compiles a grammar.</summary>
    /// <param name="source">What texts shall be.</param>
    /// <param name="vocabulary">Whose ids; null is that of gpt-oss.</param>
    /// <exception cref="GrammarException">The source is malformed or cannot be enforced.</exception>
    public static CompiledGrammar Compile(GrammarSource source, GrammarVocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        GrammarBuilder builder = new(vocabulary ?? GrammarVocabulary.O200kHarmony);
        return builder.Build(source.AddTo(builder));
    }

    /// <summary>Begins a text.</summary>
    public GrammarMatcher CreateMatcher() => new(this);

    internal int RuleOf(int state) => _states[state].Rule;

    /// <summary>How many tokens at the most it takes from a state to the end of its rule, the shortest way.</summary>
    internal int CostOf(int state) => _costs.Value[state];

    /// <summary>The first edge of that way; null at the end of the rule.</summary>
    internal Edge? WayFrom(int state) => _costs.Value.Way(state);

    internal RuleGraph RuleAt(int rule) => _rules[rule];

    /// <summary>The state after one more byte, which is one of the live ones.</summary>
    internal MatchState Advance(MatchState state, byte value)
    {
        lock (_gate)
        {
            _going.Clear();
            _ended.Clear();
            _seen.Clear();
            _seenReadings.Clear();
            foreach (Reading reading in state.Readings)
            {
                int at = reading.Terminal.Next(reading.At, value);
                if (at == Terminal.Dead)
                    continue;
                if (reading.Terminal.IsAccepting(at) && _seen.Add(reading.Then))
                    _ended.Add(reading.Then);
                Reading going = reading with { At = at };
                if (!reading.Terminal.Live(at).IsEmpty && _seenReadings.Add(going))
                    _going.Add(going);
            }
            return Find([.. _going], _ended.Count == 0 ? null : SetOf(_ended));
        }
    }

    /// <summary>The state in which some items go on.</summary>
    internal MatchState StateAt(ReadOnlySpan<Item> items)
    {
        lock (_gate)
        {
            _ended.Clear();
            foreach (Item item in items)
            {
                if (!_ended.Contains(item))
                    _ended.Add(item);
            }
            return Find([], SetOf(_ended));
        }
    }

    /// <summary>The state in which some terminals are being read, and nothing else.</summary>
    internal MatchState StateOf(Reading[] begun)
    {
        lock (_gate)
            return Find(begun, null);
    }

    MatchState Find(Reading[] begun, ItemSet? items)
    {
        Begun key = new(begun, items);
        if (_matchStates.TryGetValue(key, out MatchState? known))
            return known;
        if (_size > MostSize)
        {
            _matchStates.Clear();
            _sets.Clear();
            _first = null;
            _size = 0;
        }
        MatchState state = new(begun, items);
        _size += OwnSize + state.Readings.Length;
        _matchStates.Add(key, state);
        return state;
    }

    ItemSet SetOf(List<Item> kernel)
    {
        if (kernel.Count > 1)
            kernel.Sort(static (a, b) => a.State != b.State ? a.State.CompareTo(b.State) : (a.Origin?.Index ?? -1).CompareTo(b.Origin?.Index ?? -1));
        Kernel key = new([.. kernel]);
        if (_sets.TryGetValue(key, out ItemSet? known))
            return known;
        ItemSet set = new(_setCount++);
        Close(set, key.Items, isFirst: false);
        _sets.Add(key, set);
        return set;
    }

    ItemSet Begin()
    {
        ItemSet set = new(_setCount++);
        Close(set, [new(_rules[_root].Start, set)], isFirst: true);
        return set;
    }

    /// <summary>Adds to a kernel all that follows without reading: the rules that may begin, and what goes on after those that end.</summary>
    void Close(ItemSet set, ReadOnlySpan<Item> kernel, bool isFirst)
    {
        List<Reading> readings = [];
        List<(int Id, Item Then)> specials = [];
        List<(int Rule, Item Then)> waiting = [];
        bool isAccepting = false;
        _seen.Clear();
        _seenReadings.Clear();
        _seenCalls.Clear();
        _open.Clear();
        if (isFirst)
        {
            waiting.Add((_root, Item.Whole));
            isAccepting = _nullable[_root];
        }
        foreach (Item item in kernel)
            Add(item);
        while (_open.TryPop(out Item item))
        {
            GrammarState state = _states[item.State];
            RuleGraph rule = _rules[state.Rule];
            // A rule that begins and ends here reads nothing: that was taken account of where it began.
            if (item.State == rule.End && !ReferenceEquals(item.Origin, set))
            {
                foreach ((int waited, Item then) in item.Origin!.Waiting)
                {
                    if (waited == state.Rule)
                        Add(then);
                }
            }
            foreach (Edge edge in state.Edges)
            {
                Item then = item with { State = edge.To };
                switch (edge)
                {
                    case Edge.Read read:
                        Reading reading = new(read.Terminal, Terminal.Start, then);
                        if (_seenReadings.Add(reading))
                            readings.Add(reading);
                        break;
                    case Edge.Special special:
                        specials.Add((special.Id, then));
                        break;
                    case Edge.Call call:
                        if (_seenCalls.Add((call.Rule, then)))
                            waiting.Add((call.Rule, then));
                        Add(new(_rules[call.Rule].Start, set));
                        if (_nullable[call.Rule])
                            Add(then);
                        break;
                    default:
                        Add(then);
                        break;
                }
            }
        }
        set.Close([.. readings], [.. specials], [.. waiting], isAccepting);
        _size += OwnSize + readings.Count + waiting.Count;

        void Add(Item item)
        {
            if (item.State == Item.Done)
                isAccepting = true;
            else if (_seen.Add(item))
                _open.Push(item);
        }
    }

    /// <summary>The items that a set is made from.</summary>
    readonly struct Kernel(Item[] items) : IEquatable<Kernel>
    {
        public Item[] Items => items;

        public bool Equals(Kernel other) => Items.AsSpan().SequenceEqual(other.Items);

        public override bool Equals(object? obj) => obj is Kernel other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach (Item item in Items)
            {
                hash.Add(item.State);
                hash.Add(item.Origin?.Index ?? -1);
            }
            return hash.ToHashCode();
        }
    }

    /// <summary>What a state is made from.</summary>
    [StructLayout(LayoutKind.Auto)]
    readonly struct Begun(Reading[] readings, ItemSet? items) : IEquatable<Begun>
    {
        readonly Reading[] _readings = readings;
        readonly ItemSet? _items = items;

        public bool Equals(Begun other) => ReferenceEquals(_items, other._items) && _readings.AsSpan().SequenceEqual(other._readings);

        public override bool Equals(object? obj) => obj is Begun other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(_items?.Index ?? -1);
            foreach (Reading reading in _readings)
            {
                hash.Add(reading.At);
                hash.Add(reading.Then.State);
                hash.Add(reading.Then.Origin?.Index ?? -1);
            }
            return hash.ToHashCode();
        }
    }
}
