namespace Chorale.Grammar;

/// <summary>
/// Writes the objects of a shape: the declared members in their order, then the others in any. A state is the declared members passed, whether there was a member, how many
/// (where that matters), and which witnesses were seen.
/// </summary>
/// <remarks>
/// A name that is not declared may come twice, since no grammar remembers names; readers keep the last one, which is valid as well. So a witness among these names comes last, where
/// nothing can replace it, and their number cannot be asked for beyond one.
/// </remarks>
sealed class ObjectGraph
{
    const int MostStates = 40_000;

    readonly SchemaGrammar _grammar;
    readonly ObjectShape _shape;
    readonly int _rule;
    readonly Dictionary<Place, int> _states = [];
    readonly Queue<(Place Place, int State)> _open = new();
    (string Name, SchemaExpression Value, bool IsRequired)[] _properties;
    (RegularExpression Names, SchemaExpression Value)[] _others = [];
    int _min, _max, _countLimit;

    public ObjectGraph(SchemaGrammar grammar, ObjectShape shape, int rule)
    {
        (_grammar, _shape, _rule) = (grammar, grammar.Evaluator.Written(shape), rule);
        _properties = _shape.Properties;
    }

    /// <param name="Next">Which declared member may come next.</param>
    /// <param name="Count">How many members there were, up to what matters; 1 for some where none of it does.</param>
    /// <param name="Seen">A bit for each witness that was seen.</param>
    /// <param name="IsLast">Whether nothing but a further witness may follow.</param>
    readonly record struct Place(int Next, int Count, int Seen, bool IsLast);

    GrammarBuilder Builder => _grammar.Builder;

    SchemaExpressions Expressions => _grammar.Evaluator.Expressions;

    /// <summary>An object leads from one state to another.</summary>
    public void Add(int from, int to)
    {
        if (!Prepare())
            return;
        int all = (1 << _shape.Witnesses.Length) - 1;
        Builder.AddLiteral(from, "{", State(new(0, 0, 0, false)));
        while (_open.TryDequeue(out (Place Place, int State) next))
        {
            Place place = next.Place;
            if (place.Next < _properties.Length)
            {
                AddDeclared(place, next.State);
                continue;
            }
            if (place.Seen == all && place.Count >= _min)
                _grammar.Layout.AddObjectEnd(Builder, next.State, to);
            if (place.Count < _max)
                AddOthers(place, next.State, all);
        }
    }

    /// <summary>Leaves out what cannot be, and finds what must be counted. False where no object is of the shape.</summary>
    bool Prepare()
    {
        const int mostWitnesses = 4;
        if (_shape.Witnesses.Length > mostWitnesses)
            throw _shape.Witnesses[mostWitnesses].Origin.Error("asks for too many members of unknown names to be enforced");
        foreach ((_, SchemaExpression value, bool isRequired) in _shape.Properties)
        {
            if (isRequired && _grammar.IsNothing(value))
                return false;
        }
        RegularExpression undeclared = _shape.Undeclared;
        _others = [.. _shape.Others.Where(other => other.Value is not SchemaExpression.Nothing && !_grammar.IsNothing(other.Value))
            .Select(other => (RegularExpression.And(other.Names, undeclared), other.Value)).Where(other => !_grammar.Evaluator.IsEmpty(other.Item1))];
        _properties = [.. _shape.Properties.Where(property => !_grammar.IsNothing(property.Value))];
        int required = _properties.Count(property => property.IsRequired);
        (_min, _max) = (_shape.MinProperties, _shape.MaxProperties);
        if (_min <= required)
            _min = 0;
        if (_min > required + 1 && _others.Length > 0)
        {
            _grammar.Document.Refuse((_shape.Counter ?? _grammar.RootOrigin).Error(
                "minProperties", "members whose names are not declared may repeat, so that a grammar cannot count more than one of them"));
            _min = required + 1;
        }
        if (_others.Length == 0)
        {
            if (_min > _properties.Length)
                return false;
            if (_max >= _properties.Length)
                _max = int.MaxValue;
        }
        _countLimit = Math.Max(1, _max < int.MaxValue ? _max : _min);
        return required <= _max;
    }

    void AddDeclared(Place place, int state)
    {
        (string name, SchemaExpression value, bool isRequired) = _properties[place.Next];
        Place passed = place with { Next = place.Next + 1 };
        if (!isRequired)
            Builder.AddEmpty(state, State(passed));
        if (place.Count >= _max)
            return;
        int after = Builder.AddState(_rule);
        _grammar.Layout.AddName(Builder, state, name, place.Count == 0, after);
        foreach ((SchemaExpression variant, int seen) in Variants(value, place.Seen, witness => witness.Accepts(name)))
        {
            if (!_grammar.IsNothing(variant))
                _grammar.AddValue(after, variant, State(passed with { Count = Math.Min(place.Count + 1, _countLimit), Seen = seen }));
        }
    }

    void AddOthers(Place place, int state, int all)
    {
        Place after = place with { Count = Math.Min(place.Count + 1, _countLimit) };
        foreach ((RegularExpression names, SchemaExpression value) in _others)
        {
            if (!place.IsLast)
                AddOther(place, state, names, value, after);
            if (place.Seen == all)
                continue;
            foreach ((SchemaExpression variant, int seen) in Variants(value, place.Seen, _ => true))
            {
                if (seen == place.Seen)
                    continue;
                RegularExpression both = names;
                for (int i = 0; i < _shape.Witnesses.Length; i++)
                {
                    if (((seen & ~place.Seen) & (1 << i)) != 0)
                        both = RegularExpression.And(both, _shape.Witnesses[i].Names);
                    else if (place.IsLast && (place.Seen & (1 << i)) != 0)
                        CheckDisjoint(i, both);
                }
                if (!_grammar.Evaluator.IsEmpty(both) && !_grammar.IsNothing(variant))
                    AddOther(place, state, both, variant, after with { Seen = seen, IsLast = true });
            }
        }
    }

    /// <summary>A witness could be replaced by the one after it, if that may have the same name.</summary>
    void CheckDisjoint(int witness, RegularExpression names)
    {
        if (!_grammar.Evaluator.IsEmpty(RegularExpression.And(names, _shape.Witnesses[witness].Names)))
            throw _shape.Witnesses[witness].Origin.Error("asks for more than one member of unknown name, which may be one name twice");
    }

    void AddOther(Place place, int state, RegularExpression names, SchemaExpression value, Place after)
    {
        int start = state;
        if (place.Count > 0)
        {
            start = Builder.AddState(_rule);
            _grammar.Layout.AddComma(Builder, state, start);
        }
        else
        {
            int spaced = Builder.AddState(_rule);
            _grammar.Layout.AddSpace(Builder, state, spaced);
            start = spaced;
        }
        int named = Builder.AddState(_rule), coloned = Builder.AddState(_rule);
        Builder.AddJsonString(start, names, named);
        _grammar.Layout.AddColon(Builder, named, coloned);
        _grammar.AddValue(coloned, value, State(after));
    }

    /// <summary>A value as it is, and as each set of the witnesses that are still wanted.</summary>
    List<(SchemaExpression Value, int Seen)> Variants(SchemaExpression value, int seen, Func<RegularExpression, bool> isNamed)
    {
        List<(SchemaExpression Value, int Seen)> variants = [(value, seen)];
        for (int i = 0; i < _shape.Witnesses.Length; i++)
        {
            (RegularExpression names, SchemaExpression wanted, _) = _shape.Witnesses[i];
            if ((seen & (1 << i)) != 0 || !isNamed(names))
                continue;
            int count = variants.Count;
            for (int j = 0; j < count; j++)
                variants.Add((Expressions.And(variants[j].Value, wanted), variants[j].Seen | (1 << i)));
        }
        return variants;
    }

    int State(Place place)
    {
        if (_states.TryGetValue(place, out int state))
            return state;
        if (_states.Count >= MostStates)
            throw (_shape.Counter ?? _grammar.RootOrigin).Error(_max < int.MaxValue ? "maxProperties" : "minProperties", $"counting the members takes more than {MostStates} states");
        state = Builder.AddState(_rule);
        _states.Add(place, state);
        _open.Enqueue((place, state));
        return state;
    }
}
