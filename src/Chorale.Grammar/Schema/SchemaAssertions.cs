using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>What the keywords of a schema say that apply no other schema to the same value.</summary>
sealed class SchemaAssertions(SchemaEvaluator evaluator, ValueAlgebra algebra)
{
    readonly SchemaExpressions _expressions = evaluator.Expressions;

    /// <summary>What they allow together.</summary>
    /// <param name="node">A schema that is no boolean.</param>
    /// <param name="isTracked">Whether to note which members and items were looked at.</param>
    public ValueSet Of(SchemaNode node, bool isTracked)
    {
        SchemaKeywords keywords = node.Keywords;
        JsonTypes types = keywords.Types;
        Literals scalars = (types.HasFlag(JsonTypes.Null) ? Literals.Null : Literals.None) | (types.HasFlag(JsonTypes.Boolean) ? Literals.True | Literals.False : Literals.None);
        NumberSet numbers = types.HasFlag(JsonTypes.Number) ? keywords.Numbers
            : types.HasFlag(JsonTypes.Integer) ? keywords.Numbers with { Fractions = RegularExpression.Nothing }
            : NumberSet.Nothing;
        StringSet strings = types.HasFlag(JsonTypes.String) ? keywords.Strings : StringSet.Nothing;
        ArrayShape[] arrays = !types.HasFlag(JsonTypes.Array) ? [] : keywords.HasArrayKeywords ? ValueAlgebra.Prune([OwnArray(node)]) : [ArrayShape.Universal];
        ObjectShape[] objects = !types.HasFlag(JsonTypes.Object) ? [] : keywords.HasObjectKeywords ? ValueAlgebra.Prune([OwnObject(node, isTracked)]) : [ObjectShape.Universal];
        ValueSet own = new(scalars, numbers, strings, arrays, objects);
        if (keywords.Enum is not null)
            own = algebra.Intersect(own, OfValues(keywords.Enum));
        if (keywords.Const is not null)
            own = algebra.Intersect(own, OfValues(keywords.Const));
        return own;
    }

    /// <summary>A list of values.</summary>
    public ValueSet OfValues(JsonElement[] values)
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
                case JsonValueKind.Array when seen.Add(_expressions.Constant(value)):
                    SchemaExpression[] items = [.. value.EnumerateArray().Select(_expressions.Constant)];
                    arrays.Add(new() { Prefix = items, Rest = SchemaExpression.Never, MinItems = items.Length, MaxItems = items.Length });
                    break;
                case JsonValueKind.Object when seen.Add(_expressions.Constant(value)):
                    objects.Add(new()
                    {
                        Properties = [.. JsonText.Members(value).Select(member => (member.Key, _expressions.Constant(member.Value), true))],
                        Others = [(RegularExpression.Anything, SchemaExpression.Never)],
                    });
                    break;
            }
        }
        return new(scalars, NumberSet.Of(numbers), StringSet.Of(strings), [.. arrays], [.. objects]);
    }

    /// <summary>A shape whose members that no keyword looked at must be of an expression.</summary>
    public ObjectShape WithUnevaluated(ObjectShape shape, SchemaExpression value)
    {
        List<(RegularExpression Names, SchemaExpression Value)> others = [];
        foreach ((RegularExpression names, SchemaExpression old) in shape.Others)
        {
            RegularExpression seen = RegularExpression.And(names, shape.Evaluated), unseen = RegularExpression.And(names, RegularExpression.Not(shape.Evaluated));
            if (!evaluator.IsEmpty(seen))
                others.Add((seen, old));
            if (!evaluator.IsEmpty(unseen))
                others.Add((unseen, _expressions.And(old, value)));
        }
        return new()
        {
            Properties = [.. shape.Properties.Select(p => shape.Evaluated.Accepts(p.Name) ? p : (p.Name, _expressions.And(p.Value, value), p.IsRequired))],
            Others = [.. others],
            MinProperties = shape.MinProperties,
            MaxProperties = shape.MaxProperties,
            Witnesses = shape.Witnesses,
            Counter = shape.Counter,
            Evaluated = RegularExpression.Anything,
        };
    }

    /// <summary>A shape whose items that no keyword looked at must be of an expression.</summary>
    public ArrayShape WithUnevaluated(ArrayShape shape, SchemaExpression value)
    {
        SchemaExpression unevaluated = _expressions.Or(shape.EvaluatedItems, value);
        if (shape.Evaluated == int.MaxValue)
            return shape;
        SchemaExpression[] prefix = new SchemaExpression[Math.Max(shape.Prefix.Length, shape.Evaluated)];
        for (int i = 0; i < prefix.Length; i++)
            prefix[i] = i < shape.Evaluated ? shape.ValueAt(i) : _expressions.And(shape.ValueAt(i), unevaluated);
        return new()
        {
            Prefix = prefix,
            Rest = _expressions.And(shape.Rest, unevaluated),
            MinItems = shape.MinItems,
            MaxItems = shape.MaxItems,
            Contains = shape.Contains,
            Unique = shape.Unique,
            Counter = shape.Counter,
            Evaluated = int.MaxValue,
        };
    }

    ObjectShape OwnObject(SchemaNode node, bool isTracked)
    {
        SchemaKeywords keywords = node.Keywords;
        // The other names: each pattern splits what there is into the names that it matches, and the rest.
        List<(RegularExpression Names, SchemaExpression Value, bool IsMatched)> classes = [(RegularExpression.Anything, SchemaExpression.Any, false)];
        foreach ((RegularExpression names, SchemaNode schema) in keywords.PatternProperties)
        {
            SchemaExpression value = _expressions.Schema(schema);
            for (int i = classes.Count - 1; i >= 0; i--)
            {
                (RegularExpression before, SchemaExpression old, bool isMatched) = classes[i];
                RegularExpression inside = RegularExpression.And(before, names), outside = RegularExpression.And(before, RegularExpression.Not(names));
                classes.RemoveAt(i);
                if (!evaluator.IsEmpty(outside))
                    classes.Insert(i, (outside, old, isMatched));
                if (!evaluator.IsEmpty(inside))
                    classes.Insert(i, (inside, _expressions.And(old, value), true));
            }
            const int most = 256;
            if (classes.Count > most)
                throw node.Error("patternProperties", "the patterns overlap in too many ways");
        }
        SchemaExpression additional = _expressions.Schema(keywords.AdditionalProperties, SchemaExpression.Any);
        List<(RegularExpression Names, SchemaExpression Value)> others = [.. classes.Select(c => (c.Names, c.IsMatched ? c.Value : _expressions.And(c.Value, additional)))];
        StringSet allowed = StringSet.All;
        if (keywords.PropertyNames is not null)
        {
            ValueSet names = evaluator.Evaluate(_expressions.Schema(keywords.PropertyNames), isTracked: false)
                ?? throw node.Error("propertyNames", "the names are described by the schema that they belong to");
            allowed = names.Strings;
            others = [.. others.Select(other => (RegularExpression.And(other.Names, allowed.Language), other.Value)).Where(other => !evaluator.IsEmpty(other.Item1))];
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
            SchemaExpression value = _expressions.Schema(schema);
            foreach ((RegularExpression names, SchemaNode matched) in keywords.PatternProperties)
            {
                if (names.Accepts(name))
                    value = _expressions.And(value, _expressions.Schema(matched));
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
        SchemaExpression contained = _expressions.Schema(keywords.Contains, SchemaExpression.Never);
        return new()
        {
            Prefix = [.. keywords.PrefixItems.Select(_expressions.Schema)],
            Rest = _expressions.Schema(keywords.Items, SchemaExpression.Any),
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
}
