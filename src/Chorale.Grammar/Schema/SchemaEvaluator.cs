using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>
/// Finds out what expressions are, one level deep: as <see cref="ValueSet"/>s, whose members and items are expressions again. <c>allOf</c> is an intersection, <c>anyOf</c> a union,
/// <c>not</c> a complement, and the other keywords that combine schemas are made of these three.
/// </summary>
/// <remarks>
/// With annotations, which <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> ask for, each shape also says which members and items its keywords have looked at.
/// Not thread-safe.
/// </remarks>
sealed class SchemaEvaluator(SchemaExpressions expressions)
{
    /// <summary>How many alternatives one level may have.</summary>
    const int MostShapes = 1024;

    /// <summary>How many members and items may be compared in all.</summary>
    const int MostWork = 2_000_000;

    readonly Dictionary<(SchemaExpression, bool), ValueSet> _known = [];
    readonly HashSet<(SchemaExpression, bool)> _open = [];
    readonly HashSet<SchemaExpression> _openEmptiness = [];
    readonly Dictionary<SchemaExpression, bool> _emptiness = [];
    readonly Dictionary<RegularExpression, bool> _emptyLanguages = [];
    SchemaOrigin? _blamed;
    int _work;

    public SchemaExpressions Expressions => expressions;

    /// <summary>What an expression is.</summary>
    /// <exception cref="JsonSchemaException">It cannot be enforced.</exception>
    public ValueSet Evaluate(SchemaExpression expression) => Evaluate(expression, isTracked: false)!;   // nothing is under way, so the answer is known

    /// <summary>Whether it is certain that no value is of an expression. False also where that was not found out.</summary>
    public bool IsEmpty(SchemaExpression expression)
    {
        if (expression is SchemaExpression.Nothing)
            return true;
        if (expression is SchemaExpression.Everything or SchemaExpression.Constant)
            return false;
        if (_emptiness.TryGetValue(expression, out bool known))
            return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!_openEmptiness.Add(expression))
            return false;
        bool isEmpty = Evaluate(expression, isTracked: false) is { } set && IsEmpty(set);
        _openEmptiness.Remove(expression);
        _emptiness[expression] = isEmpty;
        return isEmpty;
    }

    /// <summary>
    /// A shape as it is written. Where so many members are asked for that other names must be counted, and these are a short list, they are declared: so that each comes once.
    /// </summary>
    public ObjectShape Written(ObjectShape shape)
    {
        const int most = 64;
        if (shape.MinProperties <= shape.Properties.Count(property => property.IsRequired) + 1)
            return shape;
        RegularExpression undeclared = shape.Undeclared;
        List<(string, SchemaExpression, bool)> properties = [.. shape.Properties];
        foreach ((RegularExpression names, SchemaExpression value) in shape.Others)
        {
            if (value is SchemaExpression.Nothing)
                continue;
            if (RegularLanguage.Enumerate(RegularExpression.And(names, undeclared), most) is not { } list)
                return shape;
            properties.AddRange(list.Select(name => (name, value, false)));
        }
        return new()
        {
            Properties = [.. properties],
            Others = [(RegularExpression.Anything, SchemaExpression.Never)],
            MinProperties = shape.MinProperties,
            MaxProperties = shape.MaxProperties,
            Witnesses = shape.Witnesses,
            Counter = shape.Counter,
        };
    }

    public bool IsEmpty(RegularExpression language)
    {
        if (language.IsPlain)
            return ReferenceEquals(language, RegularExpression.Nothing);
        if (!_emptyLanguages.TryGetValue(language, out bool isEmpty))
            _emptyLanguages.Add(language, isEmpty = RegularLanguage.IsEmpty(language));
        return isEmpty;
    }

    /// <summary>As above; null where the answer is being sought further up, which happens where emptiness is asked for in a recursion.</summary>
    ValueSet? Evaluate(SchemaExpression expression, bool isTracked)
    {
        if (expression is SchemaExpression.Everything)
            return ValueSet.All;
        if (expression is SchemaExpression.Nothing)
            return ValueSet.Nothing;
        if (_known.TryGetValue((expression, isTracked), out ValueSet? known))
            return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!_open.Add((expression, isTracked)))
            return null;
        SchemaOrigin? blamed = _blamed;
        ValueSet? result = expression switch
        {
            SchemaExpression.Schema schema => OfSchema(schema.Node, isTracked),
            SchemaExpression.Constant constant => OfValues([constant.Value]),
            SchemaExpression.Both both => OfBoth(both.Parts, isTracked),
            SchemaExpression.Either either => OfEither(either.Parts, isTracked),
            SchemaExpression.Other other => OfOther(other),
            _ => ValueSet.Nothing,
        };
        _blamed = blamed;
        _open.Remove((expression, isTracked));
        if (result is not null)
            _known.Add((expression, isTracked), result);
        return result;
    }

    ValueSet? OfBoth(SchemaExpression[] parts, bool isTracked)
    {
        ValueSet all = ValueSet.All;
        foreach (SchemaExpression part in parts)
        {
            if (Evaluate(part, isTracked) is not { } set)
                return null;
            all = Intersect(all, set);
        }
        return all;
    }

    ValueSet? OfEither(SchemaExpression[] parts, bool isTracked)
    {
        List<SchemaExpression> alternatives = [.. parts];
        if (isTracked)
        {
            // A value of two parts has the annotations of both. Without the second's it is in the first part's shape all the same, where less is passed over: so no complement is needed.
            alternatives.Clear();
            foreach (SchemaExpression part in parts)
            {
                int count = alternatives.Count;
                alternatives.Add(part);
                for (int i = 0; i < count; i++)
                {
                    SchemaExpression both = expressions.And(alternatives[i], part);
                    if (!IsEmpty(both))
                        alternatives.Add(both);
                }
                if (alternatives.Count > MostShapes)
                    throw TooMany();
            }
        }
        ValueSet any = ValueSet.Nothing;
        List<ArrayShape> arrays = [];
        List<ObjectShape> objects = [];
        foreach (SchemaExpression part in alternatives)
        {
            if (Evaluate(part, isTracked) is not { } set)
                return null;
            any = any with { Scalars = any.Scalars | set.Scalars, Numbers = any.Numbers.Or(set.Numbers), Strings = any.Strings.Or(set.Strings) };
            arrays.AddRange(set.Arrays);
            objects.AddRange(set.Objects);
        }
        if (!isTracked && arrays.Exists(shape => shape.IsUniversal))
            arrays = [ArrayShape.Universal];
        if (!isTracked && objects.Exists(shape => shape.IsUniversal))
            objects = [ObjectShape.Universal];
        return any with { Arrays = [.. arrays.Distinct()], Objects = [.. objects.Distinct()] };
    }

    ValueSet? OfOther(SchemaExpression.Other other)
    {
        _blamed = other.Origin;
        if (Evaluate(other.Inner, isTracked: false) is not { } set)
            return null;
        try
        {
            return Complement(set, other.Origin);
        }
        catch (JsonSchemaException exception)
        {
            other.Origin.Node.Document.Refuse(exception);
            return ValueSet.All;
        }
    }

    ValueSet? OfSchema(SchemaNode node, bool isTracked)
    {
        SchemaKeywords keywords = node.Keywords;
        if (keywords.Boolean is { } flag)
            return flag ? ValueSet.All : ValueSet.Nothing;
        bool tracks = isTracked || keywords.UnevaluatedProperties is not null || keywords.UnevaluatedItems is not null;
        ValueSet all = ValueSet.All;
        // What is referred to before 'properties' declares its members first.
        int before = keywords.PartsBeforeProperties;
        for (int i = 0; i < before; i++)
        {
            if (keywords.Parts[i] is SchemaPart.Reference or SchemaPart.AllOf && !Add(keywords.Parts[i]))
                return null;
        }
        if (!keywords.HasOnlyParts)
            all = Intersect(all, Own(node, tracks));
        for (int i = 0; i < keywords.Parts.Count; i++)
        {
            if ((i >= before || keywords.Parts[i] is not (SchemaPart.Reference or SchemaPart.AllOf)) && !Add(keywords.Parts[i]))
                return null;
        }
        if (keywords.UnevaluatedProperties is not null)
            all = all with { Objects = Prune([.. all.Objects.Select(shape => WithUnevaluated(shape, expressions.Schema(keywords.UnevaluatedProperties)))]) };
        if (keywords.UnevaluatedItems is not null)
            all = all with { Arrays = Prune([.. all.Arrays.Select(shape => WithUnevaluated(shape, expressions.Schema(keywords.UnevaluatedItems)))]) };
        if (tracks && !isTracked)
        {
            all = all with
            {
                Objects = [.. all.Objects.Select(shape => shape.With(RegularExpression.Nothing))],
                Arrays = [.. all.Arrays.Select(shape => shape.With(0, SchemaExpression.Never))],
            };
        }
        return all;

        bool Add(SchemaPart part)
        {
            _blamed = new(node, part.Keyword);
            if (OfPart(node, part, tracks) is not { } set)
                return false;
            _blamed = new(node, part.Keyword);
            all = Intersect(all, set);
            return true;
        }
    }

    ValueSet? OfPart(SchemaNode node, SchemaPart part, bool isTracked)
    {
        switch (part)
        {
            case SchemaPart.Reference reference:
                return Evaluate(expressions.Schema(reference.Target), isTracked);
            case SchemaPart.AllOf allOf:
                return Evaluate(expressions.And([.. allOf.Parts.Select(expressions.Schema)]), isTracked);
            case SchemaPart.AnyOf anyOf:
                return isTracked ? OfEither([.. anyOf.Parts.Select(expressions.Schema)], isTracked) : Evaluate(expressions.Or([.. anyOf.Parts.Select(expressions.Schema)]), isTracked);
            case SchemaPart.OneOf oneOf:
                return OfOneOf(node, [.. oneOf.Parts.Select(expressions.Schema)], isTracked);
            case SchemaPart.Not not:
                return Evaluate(expressions.Not(expressions.Schema(not.Part), new(node, part.Keyword)), isTracked);
            case SchemaPart.If conditional:
                if (conditional.Then is null && conditional.Else is null && !isTracked)
                    return ValueSet.All;
                SchemaExpression condition = expressions.Schema(conditional.Condition);
                return OfEither(
                    [
                        expressions.And(condition, expressions.Schema(conditional.Then, SchemaExpression.Any)),
                        expressions.And(expressions.Not(condition, new(node, part.Keyword)), expressions.Schema(conditional.Else, SchemaExpression.Any)),
                    ],
                    isTracked);
            case SchemaPart.DependentRequired dependent:
                ObjectShape together = new() { Properties = [.. dependent.Others.Prepend(dependent.Name).Distinct().Select(name => (name, SchemaExpression.Any, true))] };
                return ValueSet.All with { Objects = [Without(dependent.Name), together] };
            case SchemaPart.DependentSchema dependent:
                if (Evaluate(expressions.Schema(dependent.Part), isTracked) is not { } set)
                    return null;
                ValueSet present = ValueSet.Nothing with { Objects = [new() { Properties = [(dependent.Name, SchemaExpression.Any, true)] }] };
                return ValueSet.All with { Objects = [Without(dependent.Name), .. Intersect(set, present).Objects] };
            default:
                throw new InvalidOperationException(part.Keyword);
        }

        static ObjectShape Without(string name) => new() { Properties = [(name, SchemaExpression.Never, false)] };
    }

    /// <summary>Exactly one: each without those others that it is not known to be disjoint with.</summary>
    ValueSet? OfOneOf(SchemaNode node, SchemaExpression[] parts, bool isTracked)
    {
        ValueSet[] sets = new ValueSet[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Evaluate(parts[i], isTracked: false) is not { } set)
                return null;
            sets[i] = set;
        }
        List<SchemaExpression>[] alone = [.. parts.Select(part => new List<SchemaExpression> { part })];
        SchemaOrigin origin = new(node, "oneOf");
        for (int i = 0; i < parts.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (AreDisjoint(sets[i], sets[j]))
                    continue;
                alone[i].Add(expressions.Not(parts[j], origin));
                alone[j].Add(expressions.Not(parts[i], origin));
            }
        }
        return OfEither([.. alone.Select(terms => expressions.And([.. terms]))], isTracked);
    }

    /// <summary>What the keywords of a schema say that apply no other schema to the same value.</summary>
    ValueSet Own(SchemaNode node, bool isTracked)
    {
        SchemaKeywords keywords = node.Keywords;
        JsonTypes types = keywords.Types;
        Literals scalars = (types.HasFlag(JsonTypes.Null) ? Literals.Null : 0) | (types.HasFlag(JsonTypes.Boolean) ? Literals.True | Literals.False : 0);
        NumberSet numbers = types.HasFlag(JsonTypes.Number) ? keywords.Numbers
            : types.HasFlag(JsonTypes.Integer) ? keywords.Numbers with { Fractions = RegularExpression.Nothing }
            : NumberSet.Nothing;
        StringSet strings = types.HasFlag(JsonTypes.String) ? keywords.Strings : StringSet.Nothing;
        ArrayShape[] arrays = !types.HasFlag(JsonTypes.Array) ? [] : keywords.HasArrayKeywords ? Prune([OwnArray(node)]) : [ArrayShape.Universal];
        ObjectShape[] objects = !types.HasFlag(JsonTypes.Object) ? [] : keywords.HasObjectKeywords ? Prune([OwnObject(node, isTracked)]) : [ObjectShape.Universal];
        ValueSet own = new(scalars, numbers, strings, arrays, objects);
        if (keywords.Enum is not null)
            own = Intersect(own, OfValues(keywords.Enum));
        if (keywords.Const is not null)
            own = Intersect(own, OfValues(keywords.Const));
        return own;
    }

    ObjectShape OwnObject(SchemaNode node, bool isTracked)
    {
        SchemaKeywords keywords = node.Keywords;
        // The other names: each pattern splits what there is into the names that it matches, and the rest.
        List<(RegularExpression Names, SchemaExpression Value, bool IsMatched)> classes = [(RegularExpression.Anything, SchemaExpression.Any, false)];
        foreach ((RegularExpression names, SchemaNode schema) in keywords.PatternProperties)
        {
            SchemaExpression value = expressions.Schema(schema);
            for (int i = classes.Count - 1; i >= 0; i--)
            {
                (RegularExpression before, SchemaExpression old, bool isMatched) = classes[i];
                RegularExpression inside = RegularExpression.And(before, names), outside = RegularExpression.And(before, RegularExpression.Not(names));
                classes.RemoveAt(i);
                if (!IsEmpty(outside))
                    classes.Insert(i, (outside, old, isMatched));
                if (!IsEmpty(inside))
                    classes.Insert(i, (inside, expressions.And(old, value), true));
            }
            const int most = 256;
            if (classes.Count > most)
                throw node.Error("patternProperties", "the patterns overlap in too many ways");
        }
        SchemaExpression additional = expressions.Schema(keywords.AdditionalProperties, SchemaExpression.Any);
        List<(RegularExpression Names, SchemaExpression Value)> others = [.. classes.Select(c => (c.Names, c.IsMatched ? c.Value : expressions.And(c.Value, additional)))];
        StringSet allowed = StringSet.All;
        if (keywords.PropertyNames is not null)
        {
            ValueSet names = Evaluate(expressions.Schema(keywords.PropertyNames), isTracked: false)
                ?? throw node.Error("propertyNames", "the names are described by the schema that they belong to");
            allowed = names.Strings;
            others = [.. others.Select(other => (RegularExpression.And(other.Names, allowed.Language), other.Value)).Where(other => !IsEmpty(other.Item1))];
            if (!allowed.IsAll)
                others.Add((RegularExpression.Not(allowed.Language), SchemaExpression.Never));
        }
        ObjectShape open = new() { Others = [.. others] };
        Dictionary<string, bool> required = new(StringComparer.Ordinal);
        foreach (string name in keywords.Required)
            required[name] = keywords.Properties.ContainsKey(name);
        List<(string, SchemaExpression, bool)> properties = new(keywords.Properties.Count + keywords.Required.Count);
        foreach ((string name, SchemaNode schema) in keywords.Properties)
        {
            SchemaExpression value = expressions.Schema(schema);
            foreach ((RegularExpression names, SchemaNode matched) in keywords.PatternProperties)
            {
                if (names.Accepts(name))
                    value = expressions.And(value, expressions.Schema(matched));
            }
            properties.Add((name, allowed.Contains(name) ? value : SchemaExpression.Never, required.ContainsKey(name)));
        }
        foreach (string name in keywords.Required)
        {
            if (!required[name])
            {
                required[name] = true;
                properties.Add((name, open.ValueOfOther(name), true));
            }
        }
        return new()
        {
            Properties = [.. properties],
            Others = open.Others,
            MinProperties = keywords.MinProperties,
            MaxProperties = keywords.MaxProperties,
            Counter = new(node, ""),
            Evaluated = !isTracked ? RegularExpression.Nothing
                : keywords.AdditionalProperties is not null ? RegularExpression.Anything
                : RegularExpression.Or(keywords.PatternProperties.Select(pattern => pattern.Names).Append(RegularExpression.Strings(keywords.Properties.Keys))),
        };
    }

    ArrayShape OwnArray(SchemaNode node)
    {
        SchemaKeywords keywords = node.Keywords;
        SchemaExpression contained = expressions.Schema(keywords.Contains, SchemaExpression.Never);
        return new()
        {
            Prefix = [.. keywords.PrefixItems.Select(expressions.Schema)],
            Rest = expressions.Schema(keywords.Items, SchemaExpression.Any),
            MinItems = keywords.MinItems,
            MaxItems = keywords.MaxItems,
            Contains = keywords.Contains is null || (keywords.MinContains == 0 && keywords.MaxContains == int.MaxValue) ? []
                : [(contained, keywords.MinContains, keywords.MaxContains, 0, new(node, keywords.MaxContains < int.MaxValue ? "maxContains" : "contains"))],
            Unique = keywords.UniqueItems ? node : null,
            Evaluated = keywords.Items is not null ? int.MaxValue : keywords.PrefixItems.Length,
            EvaluatedItems = node.Document.Dialect >= SchemaDialect.Draft202012 ? contained : SchemaExpression.Never,
            Counter = new(node, ""),
        };
    }

    ValueSet OfValues(JsonElement[] values)
    {
        Literals scalars = Literals.None;
        List<DecimalNumber> numbers = [];
        List<string> strings = [];
        List<ArrayShape> arrays = [];
        List<ObjectShape> objects = [];
        HashSet<SchemaExpression> seen = [];
        foreach (JsonElement value in values)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Null:
                    scalars |= Literals.Null;
                    break;
                case JsonValueKind.True:
                    scalars |= Literals.True;
                    break;
                case JsonValueKind.False:
                    scalars |= Literals.False;
                    break;
                case JsonValueKind.Number when DecimalNumber.TryParse(value.GetRawText(), out DecimalNumber number):
                    numbers.Add(number);
                    break;
                case JsonValueKind.String:
                    strings.Add(JsonText.Value(value));
                    break;
                case JsonValueKind.Array when seen.Add(expressions.Constant(value)):
                    SchemaExpression[] items = [.. value.EnumerateArray().Select(expressions.Constant)];
                    arrays.Add(new() { Prefix = items, Rest = SchemaExpression.Never, MinItems = items.Length, MaxItems = items.Length });
                    break;
                case JsonValueKind.Object when seen.Add(expressions.Constant(value)):
                    objects.Add(new()
                    {
                        Properties = [.. JsonText.Members(value).Select(member => (member.Key, expressions.Constant(member.Value), true))],
                        Others = [(RegularExpression.Anything, SchemaExpression.Never)],
                    });
                    break;
            }
        }
        return new(scalars, NumberSet.Of(numbers), StringSet.Of(strings), [.. arrays], [.. objects]);
    }

    ObjectShape WithUnevaluated(ObjectShape shape, SchemaExpression value)
    {
        List<(RegularExpression Names, SchemaExpression Value)> others = [];
        foreach ((RegularExpression names, SchemaExpression old) in shape.Others)
        {
            RegularExpression seen = RegularExpression.And(names, shape.Evaluated), unseen = RegularExpression.And(names, RegularExpression.Not(shape.Evaluated));
            if (!IsEmpty(seen))
                others.Add((seen, old));
            if (!IsEmpty(unseen))
                others.Add((unseen, expressions.And(old, value)));
        }
        return new()
        {
            Properties = [.. shape.Properties.Select(p => shape.Evaluated.Accepts(p.Name) ? p : (p.Name, expressions.And(p.Value, value), p.IsRequired))],
            Others = [.. others],
            MinProperties = shape.MinProperties,
            MaxProperties = shape.MaxProperties,
            Witnesses = shape.Witnesses,
            Counter = shape.Counter,
            Evaluated = RegularExpression.Anything,
        };
    }

    ArrayShape WithUnevaluated(ArrayShape shape, SchemaExpression value)
    {
        SchemaExpression unevaluated = expressions.Or(shape.EvaluatedItems, value);
        if (shape.Evaluated == int.MaxValue)
            return shape;
        SchemaExpression[] prefix = new SchemaExpression[Math.Max(shape.Prefix.Length, shape.Evaluated)];
        for (int i = 0; i < prefix.Length; i++)
            prefix[i] = i < shape.Evaluated ? shape.ValueAt(i) : expressions.And(shape.ValueAt(i), unevaluated);
        return new()
        {
            Prefix = prefix,
            Rest = expressions.And(shape.Rest, unevaluated),
            MinItems = shape.MinItems,
            MaxItems = shape.MaxItems,
            Contains = shape.Contains,
            Unique = shape.Unique,
            Counter = shape.Counter,
            Evaluated = int.MaxValue,
        };
    }

    ValueSet Intersect(ValueSet a, ValueSet b)
    {
        if (ReferenceEquals(a, ValueSet.All))
            return b;
        if (ReferenceEquals(b, ValueSet.All))
            return a;
        return new(a.Scalars & b.Scalars, a.Numbers.And(b.Numbers), a.Strings.And(b.Strings), Cross(a.Arrays, b.Arrays, Intersect), Cross(a.Objects, b.Objects, Intersect));
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
                if (result.Count > MostShapes)
                    throw TooMany();
            }
        }
        return [.. result];
    }

    void Work(int amount)
    {
        _work += amount + 1;
        if (_work > MostWork)
            throw TooMany();
    }

    JsonSchemaException TooMany() => (_blamed ?? throw new InvalidOperationException()).Error("combines into too many alternatives to be enforced");

    ObjectShape[] Prune(ObjectShape[] shapes) => [.. shapes.Where(shape => !IsPlainlyEmpty(shape))];

    ArrayShape[] Prune(ArrayShape[] shapes) => [.. shapes.Where(shape => !IsPlainlyEmpty(shape))];

    static bool IsPlainlyEmpty(ObjectShape shape) =>
        shape.MinProperties > shape.MaxProperties || Array.Exists(shape.Properties, property => property.IsRequired && property.Value is SchemaExpression.Nothing);

    static bool IsPlainlyEmpty(ArrayShape shape) =>
        shape.MinItems > shape.MaxItems || (shape.MinItems > shape.Prefix.Length && shape.Rest is SchemaExpression.Nothing)
        || Array.IndexOf(shape.Prefix, SchemaExpression.Never) is >= 0 and int i && i < shape.MinItems;

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
            if (!Add(name, expressions.And(value, other >= 0 ? b.Properties[other].Value : b.ValueOfOther(name)), isRequired || (other >= 0 && b.Properties[other].IsRequired)))
                return null;
        }
        foreach ((string name, SchemaExpression value, bool isRequired) in b.Properties)
        {
            if (a.IndexOf(name) < 0 && !Add(name, expressions.And(a.ValueOfOther(name), value), isRequired))
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
            Evaluated = RegularExpression.Or(a.Evaluated, b.Evaluated),
        };
        return IsPlainlyEmpty(both) ? null : both;

        // A member that must be there and cannot be rules the shape out; so conditions that exclude each other do not multiply.
        bool Add(string name, SchemaExpression value, bool isRequired)
        {
            properties.Add((name, value, isRequired));
            return !isRequired || value is SchemaExpression.Schema || !IsEmpty(value);
        }
    }

    (RegularExpression Names, SchemaExpression Value)[] Refine((RegularExpression Names, SchemaExpression Value)[] a, (RegularExpression Names, SchemaExpression Value)[] b)
    {
        if (a.Length == 1 && b.Length == 1)
            return [(RegularExpression.Anything, expressions.And(a[0].Value, b[0].Value))];
        List<(RegularExpression Names, SchemaExpression Value)> both = [];
        foreach ((RegularExpression names, SchemaExpression value) in a)
        {
            foreach ((RegularExpression otherNames, SchemaExpression otherValue) in b)
            {
                RegularExpression shared = RegularExpression.And(names, otherNames);
                if (!IsEmpty(shared))
                    both.Add((shared, expressions.And(value, otherValue)));
            }
        }
        return [.. both];
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
            prefix[i] = expressions.And(a.ValueAt(i), b.ValueAt(i));
            if (i < min && prefix[i] is not SchemaExpression.Schema && IsEmpty(prefix[i]))
                return null;
        }
        ArrayShape both = new()
        {
            Prefix = prefix,
            Rest = expressions.And(a.Rest, b.Rest),
            MinItems = min,
            MaxItems = Math.Min(a.MaxItems, b.MaxItems),
            Contains = [.. a.Contains, .. b.Contains.Where(contained => !Array.Exists(a.Contains, c => (c.Value, c.Min, c.Max, c.From) == (contained.Value, contained.Min, contained.Max, contained.From)))],
            Unique = a.Unique ?? b.Unique,
            Counter = a.MinItems > 0 || a.MaxItems < int.MaxValue ? a.Counter : b.Counter,
            Evaluated = Math.Max(a.Evaluated, b.Evaluated),
            EvaluatedItems = expressions.Or(a.EvaluatedItems, b.EvaluatedItems),
        };
        return IsPlainlyEmpty(both) ? null : both;
    }

    ValueSet Complement(ValueSet set, SchemaOrigin origin)
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
                others.Add(new() { Properties = [(name, expressions.Not(value, origin), true)] });
            if (isRequired)
                others.Add(new() { Properties = [(name, SchemaExpression.Never, false)] });
        }
        RegularExpression undeclared = shape.Undeclared;
        foreach ((RegularExpression names, SchemaExpression value) in shape.Others)
        {
            RegularExpression outside = RegularExpression.And(names, undeclared);
            if (value is SchemaExpression.Everything || IsEmpty(outside))
                continue;
            SchemaExpression wrong = expressions.Not(value, origin);
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
            others.Add(new() { Others = [(names, expressions.Not(value, origin)), (RegularExpression.Not(names), SchemaExpression.Any)] });
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
                others.Add(new() { Prefix = [.. Enumerable.Repeat(SchemaExpression.Any, i), expressions.Not(shape.Prefix[i], origin)], MinItems = i + 1, Counter = origin });
        }
        if (shape.Rest is not SchemaExpression.Everything)
            others.Add(new() { Contains = [(expressions.Not(shape.Rest, origin), 1, int.MaxValue, shape.Prefix.Length, origin)] });
        foreach ((SchemaExpression value, int min, int max, int from, _) in shape.Contains)
        {
            if (min > 0)
                others.Add(new() { Contains = [(value, 0, min - 1, from, origin)] });
            if (max < int.MaxValue)
                others.Add(new() { Contains = [(value, max + 1, int.MaxValue, from, origin)] });
        }
        return Prune([.. others]);
    }

    bool IsEmpty(ValueSet set) =>
        set.Scalars == Literals.None && IsEmpty(set.Numbers.Integers) && IsEmpty(set.Numbers.Fractions) && IsEmpty(set.Strings.Language)
        && Array.TrueForAll(set.Arrays, shape => AreDisjoint(shape, shape)) && Array.TrueForAll(set.Objects, shape => AreDisjoint(shape, shape));

    /// <summary>Whether it is certain that two sets have no value in common.</summary>
    bool AreDisjoint(ValueSet a, ValueSet b)
    {
        if ((a.Scalars & b.Scalars) != 0)
            return false;
        NumberSet numbers = a.Numbers.And(b.Numbers);
        return IsEmpty(numbers.Integers) && IsEmpty(numbers.Fractions) && IsEmpty(a.Strings.And(b.Strings).Language)
            && Array.TrueForAll(a.Arrays, one => Array.TrueForAll(b.Arrays, other => AreDisjoint(one, other)))
            && Array.TrueForAll(a.Objects, one => Array.TrueForAll(b.Objects, other => AreDisjoint(one, other)));
    }

    bool AreDisjoint(ObjectShape a, ObjectShape b)
    {
        Work(a.Properties.Length + b.Properties.Length);
        if (Math.Max(a.MinProperties, b.MinProperties) > Math.Min(a.MaxProperties, b.MaxProperties))
            return true;
        return Array.Exists(a.Properties, property => property.IsRequired && IsEmpty(expressions.And(property.Value, b.ValueOf(property.Name))))
            || (!ReferenceEquals(a, b) && Array.Exists(b.Properties, property => property.IsRequired && IsEmpty(expressions.And(a.ValueOf(property.Name), property.Value))));
    }

    bool AreDisjoint(ArrayShape a, ArrayShape b)
    {
        Work(a.Prefix.Length + b.Prefix.Length);
        int min = Math.Max(a.MinItems, b.MinItems);
        if (min > Math.Min(a.MaxItems, b.MaxItems))
            return true;
        for (int i = 0; i < Math.Min(min, Math.Max(a.Prefix.Length, b.Prefix.Length) + 1); i++)
        {
            if (IsEmpty(expressions.And(a.ValueAt(i), b.ValueAt(i))))
                return true;
        }
        return false;
    }
}
