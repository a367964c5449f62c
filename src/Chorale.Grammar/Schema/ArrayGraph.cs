namespace Chorale.Grammar;

/// <summary>
/// Writes the arrays of a shape: a state for each place that matters and each count of contained items. Where items must differ, also for each set of the values that were used.
/// </summary>
sealed class ArrayGraph
{
    const int MostStates = 20_000, BitsOfUsed = 64;

    readonly SchemaGrammar _grammar;
    readonly ArrayShape _shape;
    readonly int _rule;
    readonly Dictionary<(int Place, int Counts, ulong Used), int> _states = [];
    readonly Queue<((int Place, int Counts, ulong Used) Key, int State)> _open = new();
    readonly int _lastPlace;    // from here on all places are alike
    readonly int _maxItems;

    /// <summary>The values that items may be, where they must differ.</summary>
    List<string>? _values;

    public ArrayGraph(SchemaGrammar grammar, ArrayShape shape, int rule)
    {
        (_grammar, _shape, _rule) = (grammar, shape, rule);
        int most = shape.MaxItems;
        for (int i = 0; i < shape.Prefix.Length && i < most; i++)
        {
            if (grammar.IsNothing(shape.Prefix[i]))
                most = i;
        }
        if (most > shape.Prefix.Length && shape.Rest is not SchemaExpression.Everything && grammar.IsNothing(shape.Rest))
            most = shape.Prefix.Length;
        _maxItems = most;
        int last = Math.Max(Math.Max(shape.MinItems, shape.Prefix.Length), 1);
        foreach ((_, _, _, int from, _) in shape.Contains)
            last = Math.Max(last, from);
        _lastPlace = most < int.MaxValue ? most : last;
    }

    GrammarBuilder Builder => _grammar.Builder;

    /// <summary>An array leads from one state to another.</summary>
    public void Add(int from, int to)
    {
        if (_shape.MinItems > _maxItems)
            return;
        if (_shape.Unique is not null && _maxItems > 1)
            FindValues();
        int start = State((0, 0, 0));
        Builder.AddLiteral(from, "[", start);
        while (_open.TryDequeue(out ((int Place, int Counts, ulong Used) Key, int State) next))
        {
            (int place, int counts, ulong used) = next.Key;
            if (place >= _shape.MinItems && IsEnough(counts))
                _grammar.Layout.AddArrayEnd(Builder, next.State, to);
            if (place >= _maxItems)
                continue;
            int item = -1;
            foreach ((SchemaExpression value, int countsAfter) in Items(place, counts))
            {
                if (_grammar.IsNothing(value))
                    continue;
                if (item < 0)
                {
                    item = Builder.AddState(_rule);
                    if (place > 0)
                        _grammar.Layout.AddComma(Builder, next.State, item);
                    else
                        _grammar.Layout.AddSpace(Builder, next.State, item);
                }
                int after = Math.Min(place + 1, _lastPlace);
                if (_values is null)
                    _grammar.AddValue(item, value, State((after, countsAfter, 0)));
                else
                    AddUnused(item, value, after, countsAfter, used);
            }
        }
    }

    void AddUnused(int from, SchemaExpression value, int place, int counts, ulong used)
    {
        foreach (string spelling in Spellings(value)!)
        {
            ulong bit = 1UL << _values!.IndexOf(spelling);
            if ((used & bit) == 0)
                Builder.AddLiteral(from, spelling, State((place, counts, used | bit)));
        }
    }

    int State((int Place, int Counts, ulong Used) key)
    {
        if (_states.TryGetValue(key, out int state))
            return state;
        if (_states.Count >= MostStates)
        {
            throw (_shape.Counter ?? _grammar.RootOrigin).Error(
                _shape.MaxItems < int.MaxValue ? "maxItems" : "minItems", $"counting the items takes more than {MostStates} states");
        }
        state = Builder.AddState(_rule);
        _states.Add(key, state);
        _open.Enqueue((key, state));
        return state;
    }

    // Counts are the digits of one number, each up to what matters: the most, where there is a most, and otherwise the least.
    static int Limit(int min, int max) => max < int.MaxValue ? max : min;

    bool IsEnough(int counts)
    {
        foreach ((_, int min, int max, _, _) in _shape.Contains)
        {
            int size = Limit(min, max) + 1;
            if (counts % size < min)
                return false;
            counts /= size;
        }
        return true;
    }

    /// <summary>What the item at a place may be, with the counts after it.</summary>
    List<(SchemaExpression Value, int Counts)> Items(int place, int counts)
    {
        List<(SchemaExpression Value, int Counts)> items = [(_shape.ValueAt(place), counts)];
        int unit = 1, rest = counts;
        foreach ((SchemaExpression value, int min, int max, int from, SchemaOrigin origin) in _shape.Contains)
        {
            int limit = Limit(min, max);
            int count = rest % (limit + 1);
            int one = unit;
            if (place >= from)
            {
                // Where only the least matters, an item that would count need not be counted.
                List<(SchemaExpression Value, int Counts)> split = [];
                foreach ((SchemaExpression item, int after) in items)
                {
                    SchemaExpression uncounted = max < int.MaxValue ? Expressions.And(item, Expressions.Not(value, origin)) : item;
                    split.Add((uncounted, after));
                    if (count < limit)
                        split.Add((Expressions.And(item, value), after + one));
                }
                items = split;
            }
            rest /= limit + 1;
            long next = (long)unit * (limit + 1);
            if (next > MostStates)
                throw origin.Error($"counting the items takes more than {MostStates} states");
            unit = (int)next;
        }
        return items;
    }

    SchemaExpressions Expressions => _grammar.Evaluator.Expressions;

    void FindValues()
    {
        HashSet<string> values = new(StringComparer.Ordinal);
        for (int i = 0; i <= _shape.Prefix.Length && i < _maxItems; i++)
        {
            if (Spellings(_shape.ValueAt(i)) is not { } listed)
            {
                _grammar.Document.Refuse(_shape.Unique!.Error("uniqueItems", "the items have more than a few values, so that a grammar cannot tell which were there before"));
                return;
            }
            values.UnionWith(listed);
        }
        if (values.Count > BitsOfUsed || Subsets(values.Count, Math.Min(_maxItems, values.Count)) > MostStates)
            _grammar.Document.Refuse(_shape.Unique!.Error("uniqueItems", $"the items have {values.Count} values, so that telling which were used takes more than {MostStates} states"));
        else
            _values = [.. values];
    }

    /// <summary>How many sets of at most so many out of a number of values there are.</summary>
    static double Subsets(int values, int most)
    {
        double sum = 1, sets = 1;
        for (int size = 1; size <= most; size++)
        {
            sets *= (double)(values - size + 1) / size;
            sum += sets;
        }
        return sum;
    }

    /// <summary>All values of an expression, as JSON; null where they are not a short list of scalars.</summary>
    List<string>? Spellings(SchemaExpression expression)
    {
        const int most = 64;
        ValueSet set = _grammar.Evaluator.Evaluate(expression);
        if (!set.IsScalar || set.Strings.Values is { Length: > most } || set.Numbers.Values is { Length: > most })
            return null;
        List<string> spellings = SchemaGrammar.Spellings(set);
        if (set.Numbers.Values is null)
        {
            // A fraction has one spelling that does not end in zero.
            RegularExpression shortest = RegularExpression.And(set.Numbers.Fractions, RegularExpression.Not(RegularExpression.Concat(RegularExpression.Anything, RegularExpression.Literal("0"))));
            if (RegularLanguage.Enumerate(set.Numbers.Integers, most) is not { } integers || RegularLanguage.Enumerate(shortest, most) is not { } fractions)
                return null;
            spellings.AddRange(integers);
            spellings.AddRange(fractions);
        }
        if (set.Strings.Values is null)
        {
            if (RegularLanguage.Enumerate(set.Strings.Language, most) is not { } strings)
                return null;
            spellings.AddRange(strings.Select(JsonText.Quote));
        }
        return spellings;
    }
}
