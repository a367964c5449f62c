using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>
/// Where a text stands in a grammar: the terminals being read, and the set of items where some may have ended. States of the same are one object, so that what was found
/// out about one serves wherever a text comes there again. Immutable but for what it learns; threads may share it.
/// </summary>
sealed class MatchState : IMaskHolder
{
    readonly ByteSet _live;
    readonly MatchState?[] _next;    // by the rank of the byte among the live ones
    MatchState?[]? _after;           // by reading
    MatchState? _narrow;
    bool _isNarrowKnown;
    ulong[]? _keptMask;
    int _keptMostCost = -1;
    int _cost = -1;

    public MatchState(Reading[] begun, ItemSet? items)
    {
        (Begun, Items) = (begun, items);
        Readings = items is null || items.Readings.Length == 0 ? begun : begun.Length == 0 ? items.Readings : [.. begun, .. items.Readings];
        foreach (Reading reading in Readings)
            _live.UnionWith(reading.Terminal.Live(reading.At));
        _next = new MatchState?[_live.Count];
    }

    /// <summary>Terminals of which something was read.</summary>
    public Reading[] Begun { get; }

    /// <summary>What may begin here; null where every terminal that was begun has to go on.</summary>
    public ItemSet? Items { get; }

    /// <summary>All terminals that may take the next byte.</summary>
    public Reading[] Readings { get; }

    /// <summary>The bytes that may come next.</summary>
    public ref readonly ByteSet Live => ref _live;

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd => Items is { IsAccepting: true };

    /// <summary>The special tokens that may stand here.</summary>
    public ReadOnlySpan<(int Id, Item Then)> Specials => Items is null ? [] : Items.Specials;

    /// <summary>The state after one more byte; null where it cannot stand here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MatchState? Next(byte value, CompiledGrammar grammar)
    {
        if (!_live.Contains(value))
            return null;
        int rank = _live.Rank(value);
        return Volatile.Read(ref _next[rank]) ?? Advance(value, rank, grammar);
    }

    /// <summary>The state in which what follows a reading begins, as if it ended here.</summary>
    public MatchState After(int reading, CompiledGrammar grammar)
    {
        MatchState?[] after = _after ??= new MatchState?[Readings.Length];
        if (Volatile.Read(ref after[reading]) is { } known)
            return known;
        MatchState made = grammar.StateAt([Readings[reading].Then]);
        after[reading] = made;
        return made;
    }

    /// <summary>This state with only those terminals whose own masks do not tell all; null where there is none such.</summary>
    public MatchState? Narrow(CompiledGrammar grammar)
    {
        if (!Volatile.Read(ref _isNarrowKnown))
            FindNarrow(grammar);
        return _narrow;
    }

    /// <summary>What a state of <see cref="Narrow"/> allows, where finding out takes so long that it is kept.</summary>
    public ulong[]? KeptMask { get => Volatile.Read(ref _keptMask); set => Volatile.Write(ref _keptMask, value); }

    /// <summary>The largest cost of completing the text after any id of <see cref="KeptMask"/>; -1 where it is not known.</summary>
    public int KeptMostCost { get => Volatile.Read(ref _keptMostCost); set => Volatile.Write(ref _keptMostCost, value); }

    /// <summary>Whether finding out what it allows takes a look through much of the vocabulary.</summary>
    public bool IsWide => Array.Exists(Readings, reading => reading.Terminal.IsWide(reading.At));

    public void DropMask() => KeptMask = null;

    /// <summary>Whether what a reading and what follows it allow is told by the mask of its terminal and the places where tokens cross its end.</summary>
    public bool HasMask(int reading, CompiledGrammar grammar)
    {
        (Terminal terminal, int at, _) = Readings[reading];
        return terminal.IsWide(at) && (terminal.Mask(at).HasCrossings || After(reading, grammar).Live.IsEmpty);
    }

    /// <summary>How many tokens at the most it takes to end the text, the shortest way.</summary>
    public int Cost(CompiledGrammar grammar)
    {
        if (_cost < 0)
            _cost = Measure(grammar);
        return _cost;
    }

    /// <summary>What it takes to go on after an item.</summary>
    public static int CostOf(Item item, CompiledGrammar grammar)
    {
        if (item.State == Item.Done)
            return 0;
        ItemSet origin = item.Origin!;
        return Costs.Sum(grammar.CostOf(item.State), origin.ReturnCost(origin.Cheapest(grammar.RuleOf(item.State), grammar), grammar));
    }

    public static int CostOf(Reading reading, CompiledGrammar grammar) => Costs.Sum(reading.Terminal.Cost(reading.At), CostOf(reading.Then, grammar));

    MatchState Advance(byte value, int rank, CompiledGrammar grammar)
    {
        MatchState next = grammar.Advance(this, value);
        _next[rank] = next;
        return next;
    }

    void FindNarrow(CompiledGrammar grammar)
    {
        Reading[] narrow = [.. Readings.Where((_, i) => !HasMask(i, grammar))];
        _narrow = narrow.Length == 0 ? null : narrow.Length == Readings.Length ? this : grammar.StateOf(narrow);
        Volatile.Write(ref _isNarrowKnown, true);
    }

    int Measure(CompiledGrammar grammar)
    {
        if (CanEnd)
            return 0;
        int least = Costs.Impossible;
        foreach (Reading reading in Readings)
            least = Math.Min(least, CostOf(reading, grammar));
        foreach ((_, Item then) in Specials)
            least = Math.Min(least, Costs.Sum(1, CostOf(then, grammar)));
        return least;
    }
}
