namespace Chorale.Grammar;

/// <summary>Intersection and complement of sets of values, whose members and items are expressions; and whether two sets are known to be disjoint.</summary>
sealed class ValueAlgebra(SchemaEvaluator evaluator)
{
    /// <summary>How many alternatives one level may have.</summary>
    const int MostShapes = 1024;

    /// <summary>How many members and items may be compared in all.</summary>
    const int MostWork = 2_000_000;

    readonly SchemaExpressions _expressions = evaluator.Expressions;
    int _work;

    /// <summary>What is at work, to be blamed where it comes to too much.</summary>
    public SchemaOrigin? Blamed { get; set; }

    public static ObjectShape[] Prune(ObjectShape[] shapes) => [.. shapes.Where(shape => !shape.IsPlainlyEmpty)];

    public static ArrayShape[] Prune(ArrayShape[] shapes) => [.. shapes.Where(shape => !shape.IsPlainlyEmpty)];

    /// <summary>Stops where there are too many alternatives.</summary>
    public void CheckAlternatives(int count)
    {
        if (count > MostShapes)
            throw TooMany();
    }

    public ValueSet Intersect(ValueSet a, ValueSet b)
    {
        if (ReferenceEquals(a, ValueSet.All))
            return b;
        if (ReferenceEquals(b, ValueSet.All))
            return a;
        return new(a.Scalars & b.Scalars, a.Numbers.And(b.Numbers), a.Strings.And(b.Strings), Cross(a.Arrays, b.Arrays, Intersect), Cross(a.Objects, b.Objects, Intersect));
    }

    /// <summary>The objects of two shapes; null where there is plainly none.</summary>
    ObjectShape? Intersect(ObjectShape a, ObjectShape b)
    {
        if (ReferenceEquals(a, ObjectShape.Universal) || ReferenceEquals(a, b))
            return b;
        if (ReferenceEquals(b, ObjectShape.Universal))
            return a;
        Work(a.Properties.Length + b.Properties.Length);
        List<(string Name, SchemaExpression Value, bool IsRequired)> properties = new(a.Properties.Length + b.Properties.Length);
        foreach ((string name, SchemaExpression value, bool isRequired) in a.Properties)
        {
            int other = b.IndexOf(name);
            if (!Add(name, _expressions.And(value, other >= 0 ? b.Properties[other].Value : b.ValueOfOther(name)), isRequired || (other >= 0 && b.Properties[other].IsRequired)))
                return null;
        }
        foreach ((string name, SchemaExpression value, bool isRequired) in b.Properties)
        {
            if (a.IndexOf(name) < 0 && !Add(name, _expressions.And(a.ValueOfOther(name), value), isRequired))
                return null;
        }
        ObjectShape both = new()
        {
            Properties = [.. properties],
            Others = Refine(a.Others, b.Others),
            MinProperties = Math.Max(a.MinProperties, b.MinProperties),
            MaxProperties = Math.Min(a.MaxProperties, b.MaxProperties),
            Witnesses = [.. a.Witnesses, .. b.Witnesses.Where(witness => !Array.Exists(a.Witnesses, known => known.Names.Equals(witness.Names) && known.Value == witness.Value))],
            Counter = a.MinProperties > 0 || a.MaxProperties < int.MaxValue ? a.Counter : b.Counter,
            Evaluated = ReferenceEquals(a.Evaluated, b.Evaluated) ? a.Evaluated : RegularExpression.Or(a.Evaluated, b.Evaluated),
        };
        return both.IsPlainlyEmpty ? null : both;

        // A member that must be there and cannot be rules the shape out; so conditions that exclude each other do not multiply.
        bool Add(string name, SchemaExpression value, bool isRequired)
        {
            properties.Add((name, value, isRequired));
            return !isRequired || value is SchemaExpression.Schema || !evaluator.IsEmpty(value);
        }
    }

    /// <summary>The arrays of two shapes; null where there is plainly none.</summary>
    ArrayShape? Intersect(ArrayShape a, ArrayShape b)
    {
        if (ReferenceEquals(a, ArrayShape.Universal) || ReferenceEquals(a, b))
            return b;
        if (ReferenceEquals(b, ArrayShape.Universal))
            return a;
        Work(a.Prefix.Length + b.Prefix.Length);
        SchemaExpression[] prefix = new SchemaExpression[Math.Max(a.Prefix.Length, b.Prefix.Length)];
        int min = Math.Max(a.MinItems, b.MinItems);
        for (int i = 0; i < prefix.Length; i++)
        {
            prefix[i] = _expressions.And(a.ValueAt(i), b.ValueAt(i));
            if (i < min && prefix[i] is not SchemaExpression.Schema && evaluator.IsEmpty(prefix[i]))
                return null;
        }
        ArrayShape both = new()
        {
            Prefix = prefix,
            Rest = _expressions.And(a.Rest, b.Rest),
            MinItems = min,
            MaxItems = Math.Min(a.MaxItems, b.MaxItems),
            Contains = [.. a.Contains, .. b.Contains.Where(contained => !Array.Exists(a.Contains, c => (c.Value, c.Min, c.Max, c.From) == (contained.Value, contained.Min, contained.Max, contained.From)))],
            Unique = a.Unique ?? b.Unique,
            Counter = a.MinItems > 0 || a.MaxItems < int.MaxValue ? a.Counter : b.Counter,
            Evaluated = Math.Max(a.Evaluated, b.Evaluated),
            EvaluatedItems = _expressions.Or(a.EvaluatedItems, b.EvaluatedItems),
        };
        return both.IsPlainlyEmpty ? null : both;
    }

    /// <summary>All other values.</summary>
    /// <exception cref="JsonSchemaException">They cannot be told.</exception>
    public ValueSet Complement(ValueSet set, SchemaOrigin origin)
    {
        ArrayShape[] arrays = [ArrayShape.Universal];
        foreach (ArrayShape shape in set.Arrays)
            arrays = Cross(arrays, Complement(shape, origin), Intersect);
        ObjectShape[] objects = [ObjectShape.Universal];
        foreach (ObjectShape shape in set.Objects)
            objects = Cross(objects, Complement(shape, origin), Intersect);
        return new(Literals.All & ~set.Scalars, set.Numbers.Complement(), set.Strings.Complement(), arrays, objects);
    }

    ObjectShape[] Complement(ObjectShape shape, SchemaOrigin origin)
    {
        const int few = 16;
        List<ObjectShape> others = [];
        foreach ((string name, SchemaExpression value, bool isRequired) in shape.Properties)
        {
            if (value is not SchemaExpression.Everything)
                others.Add(new() { Properties = [(name, _expressions.Not(value, origin), true)] });
            if (isRequired)
                others.Add(new() { Properties = [(name, SchemaExpression.Never, false)] });
        }
        RegularExpression undeclared = shape.Undeclared;
        foreach ((RegularExpression names, SchemaExpression value) in shape.Others)
        {
            RegularExpression outside = RegularExpression.And(names, undeclared);
            if (value is SchemaExpression.Everything || evaluator.IsEmpty(outside))
                continue;
            SchemaExpression wrong = _expressions.Not(value, origin);
            if (shape.Others.Length > 1 && RegularLanguage.Enumerate(outside, few) is { } list)
                others.AddRange(list.Select(name => new ObjectShape { Properties = [(name, wrong, true)] }));
            else
                others.Add(new() { Witnesses = [(outside, wrong, origin)] });
        }
        if (shape.MinProperties > 0)
            others.Add(new() { MaxProperties = shape.MinProperties - 1, Counter = origin });
        if (shape.MaxProperties < int.MaxValue)
            others.Add(new() { MinProperties = shape.MaxProperties + 1, Counter = origin });
        foreach ((RegularExpression names, SchemaExpression value, _) in shape.Witnesses)
            others.Add(new() { Others = [(names, _expressions.Not(value, origin)), (RegularExpression.Not(names), SchemaExpression.Any)] });
        return Prune([.. others]);
    }

    ArrayShape[] Complement(ArrayShape shape, SchemaOrigin origin)
    {
        if (shape.Unique is not null && shape.MaxItems > 1)
            throw origin.Error($"the opposite of 'uniqueItems' at {shape.Unique.Path} cannot be enforced");
        List<ArrayShape> others = [];
        if (shape.MinItems > 0)
            others.Add(new() { MaxItems = shape.MinItems - 1, Counter = origin });
        if (shape.MaxItems < int.MaxValue)
            others.Add(new() { MinItems = shape.MaxItems + 1, Counter = origin });
        for (int i = 0; i < shape.Prefix.Length; i++)
        {
            if (shape.Prefix[i] is not SchemaExpression.Everything)
                others.Add(new() { Prefix = [.. Enumerable.Repeat(SchemaExpression.Any, i), _expressions.Not(shape.Prefix[i], origin)], MinItems = i + 1, Counter = origin });
        }
        if (shape.Rest is not SchemaExpression.Everything)
            others.Add(new() { Contains = [(_expressions.Not(shape.Rest, origin), 1, int.MaxValue, shape.Prefix.Length, origin)] });
        foreach ((SchemaExpression value, int min, int max, int from, _) in shape.Contains)
        {
            if (min > 0)
                others.Add(new() { Contains = [(value, 0, min - 1, from, origin)] });
            if (max < int.MaxValue)
                others.Add(new() { Contains = [(value, max + 1, int.MaxValue, from, origin)] });
        }
        return Prune([.. others]);
    }

    /// <summary>Whether it is certain that nothing is in a set.</summary>
    public bool IsEmpty(ValueSet set) =>
        set.Scalars == Literals.None && IsEmpty(set.Numbers) && IsEmpty(set.Strings)
        && Array.TrueForAll(set.Arrays, shape => AreDisjoint(shape, shape)) && Array.TrueForAll(set.Objects, shape => AreDisjoint(shape, shape));

    bool IsEmpty(NumberSet numbers) =>
        numbers.Values is { } values ? values.Length == 0 : evaluator.IsEmpty(numbers.Integers) && evaluator.IsEmpty(numbers.Fractions);

    bool IsEmpty(StringSet strings) => strings.Values is { } values ? values.Length == 0 : evaluator.IsEmpty(strings.Language);

    /// <summary>Whether it is certain that two sets have no value in common.</summary>
    public bool AreDisjoint(ValueSet a, ValueSet b) =>
        (a.Scalars & b.Scalars) == Literals.None && IsEmpty(a.Numbers.And(b.Numbers)) && IsEmpty(a.Strings.And(b.Strings))
            && Array.TrueForAll(a.Arrays, one => Array.TrueForAll(b.Arrays, other => AreDisjoint(one, other)))
            && Array.TrueForAll(a.Objects, one => Array.TrueForAll(b.Objects, other => AreDisjoint(one, other)));

    bool AreDisjoint(ObjectShape a, ObjectShape b)
    {
        Work(a.Properties.Length + b.Properties.Length);
        if (Math.Max(a.MinProperties, b.MinProperties) > Math.Min(a.MaxProperties, b.MaxProperties))
            return true;
        return Array.Exists(a.Properties, property => property.IsRequired && AreDisjoint(property.Value, b.ValueOf(property.Name)))
            || (!ReferenceEquals(a, b) && Array.Exists(b.Properties, property => property.IsRequired && AreDisjoint(a.ValueOf(property.Name), property.Value)));
    }

    bool AreDisjoint(ArrayShape a, ArrayShape b)
    {
        Work(a.Prefix.Length + b.Prefix.Length);
        int min = Math.Max(a.MinItems, b.MinItems);
        if (min > Math.Min(a.MaxItems, b.MaxItems))
            return true;
        for (int i = 0; i < Math.Min(min, Math.Max(a.Prefix.Length, b.Prefix.Length) + 1); i++)
        {
            if (AreDisjoint(a.ValueAt(i), b.ValueAt(i)))
                return true;
        }
        return false;
    }

    bool AreDisjoint(SchemaExpression a, SchemaExpression b)
    {
        if (a is SchemaExpression.Everything || b is SchemaExpression.Everything || a == b)
            return evaluator.IsEmpty(a is SchemaExpression.Everything ? b : a);
        // Most often these are constants that tell alternatives apart: no expression need be made and kept for each pair.
        return evaluator.Evaluate(a, isTracked: false) is { IsScalar: true } one && evaluator.Evaluate(b, isTracked: false) is { IsScalar: true } other
            ? AreDisjoint(one, other)
            : evaluator.IsEmpty(_expressions.And(a, b));
    }

    T[] Cross<T>(T[] a, T[] b, Func<T, T, T?> intersect)
        where T : class
    {
        List<T> result = [];
        foreach (T one in a)
        {
            foreach (T other in b)
            {
                if (intersect(one, other) is { } both)
                    result.Add(both);
                // A list of values may be as long as it likes; it is products that grow.
                if (a.Length > 1 && b.Length > 1)
                    CheckAlternatives(result.Count);
            }
        }
        return [.. result];
    }

    (RegularExpression Names, SchemaExpression Value)[] Refine((RegularExpression Names, SchemaExpression Value)[] a, (RegularExpression Names, SchemaExpression Value)[] b)
    {
        if (a.Length == 1 && b.Length == 1)
            return [(RegularExpression.Anything, _expressions.And(a[0].Value, b[0].Value))];
        List<(RegularExpression Names, SchemaExpression Value)> both = [];
        foreach ((RegularExpression names, SchemaExpression value) in a)
        {
            foreach ((RegularExpression otherNames, SchemaExpression otherValue) in b)
            {
                RegularExpression shared = RegularExpression.And(names, otherNames);
                if (!evaluator.IsEmpty(shared))
                    both.Add((shared, _expressions.And(value, otherValue)));
            }
        }
        return [.. both];
    }

    void Work(int amount)
    {
        _work += amount + 1;
        if (_work > MostWork)
            throw TooMany();
    }

    JsonSchemaException TooMany()
    {
        const string problem = "combines into too many alternatives to be enforced";
        return Blamed?.Error(problem) ?? new("$", "", problem);
    }
}
