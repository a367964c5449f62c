namespace Chorale.Grammar;

/// <summary>
/// A set of Earley's algorithm (Earley 1970) over networks: all rules in progress at a place between terminals. Sets with the same kernel are one object, however the text came there.
/// Immutable once made.
/// </summary>
/// <param name="index">Tells it from other sets, for sorting.</param>
sealed class ItemSet(int index)
{
    int[]? _returnCosts;

    public int Index { get; } = index;

    /// <summary>The terminals that may begin here.</summary>
    public Reading[] Readings { get; private set; } = [];

    /// <summary>The special tokens that may stand here.</summary>
    public (int Id, Item Then)[] Specials { get; private set; } = [];

    /// <summary>Rules that begin here, and what goes on after each; by rule.</summary>
    public (int Rule, Item Then)[] Waiting { get; private set; } = [];

    /// <summary>Whether the whole text may end here.</summary>
    public bool IsAccepting { get; private set; }

    public void Close(Reading[] readings, (int Id, Item Then)[] specials, (int Rule, Item Then)[] waiting, bool isAccepting)
    {
        Array.Sort(waiting, static (a, b) => a.Rule.CompareTo(b.Rule));
        (Readings, Specials, Waiting, IsAccepting) = (readings, specials, waiting, isAccepting);
    }

    /// <summary>Where in <see cref="Waiting"/> that begins which goes on after a rule.</summary>
    public int FirstWaiting(int rule)
    {
        int low = 0, high = Waiting.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Waiting[middle].Rule < rule)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>What it costs at least to end the text after a rule that began here.</summary>
    /// <param name="waiting">An index into <see cref="Waiting"/>: the cost of going on with that.</param>
    /// <param name="grammar">Whose set it is.</param>
    public int ReturnCost(int waiting, CompiledGrammar grammar) => (_returnCosts ?? Measure(grammar))[waiting];

    /// <summary>The cheapest way to go on after a rule that began here.</summary>
    /// <returns>An index into <see cref="Waiting"/>.</returns>
    public int Cheapest(int rule, CompiledGrammar grammar)
    {
        int best = FirstWaiting(rule);
        for (int i = best + 1; i < Waiting.Length && Waiting[i].Rule == rule; i++)
        {
            if (ReturnCost(i, grammar) < ReturnCost(best, grammar))
                best = i;
        }
        return best;
    }

    /// <summary>Measures this set after all those it leads back to; no recursion, since a text may nest deeply.</summary>
    int[] Measure(CompiledGrammar grammar)
    {
        Stack<ItemSet> open = new([this]);
        while (open.TryPeek(out ItemSet? set))
        {
            ItemSet? before = set._returnCosts is null ? set.Unmeasured() : null;
            if (before is not null)
            {
                open.Push(before);
                continue;
            }
            set._returnCosts ??= set.MeasureAlone(grammar);
            open.Pop();
        }
        return _returnCosts!;
    }

    ItemSet? Unmeasured()
    {
        foreach ((_, Item then) in Waiting)
        {
            if (then.Origin is { } origin && !ReferenceEquals(origin, this) && origin._returnCosts is null)
                return origin;
        }
        return null;
    }

    int[] MeasureAlone(CompiledGrammar grammar)
    {
        int[] costs = new int[Waiting.Length];
        Array.Fill(costs, Costs.Impossible);
        // A rule may be begun by one that begins here too (left recursion), so costs settle in rounds.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < Waiting.Length; i++)
            {
                Item then = Waiting[i].Then;
                int cost = then.State == Item.Done ? 0 : Costs.Sum(grammar.CostOf(then.State), After(then));
                if (cost < costs[i])
                    (costs[i], changed) = (cost, true);
            }
        }
        return costs;

        int After(Item then)
        {
            int rule = grammar.RuleOf(then.State);
            if (!ReferenceEquals(then.Origin, this))
                return then.Origin!.ReturnCost(then.Origin.Cheapest(rule, grammar), grammar);
            int least = Costs.Impossible;
            for (int i = FirstWaiting(rule); i < costs.Length && Waiting[i].Rule == rule; i++)
                least = Math.Min(least, costs[i]);
            return least;
        }
    }
}
