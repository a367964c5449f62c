using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>
/// Finds out what expressions are, one level deep: as <see cref="ValueSet"/>s, whose members and items are expressions again. <c>allOf</c> is an intersection, <c>anyOf</c> a union,
/// <c>not</c> a complement, and the other keywords that combine schemas are made of these three.
/// </summary>
/// <remarks>
/// With annotations, which <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> ask for, each shape also says which members and items its keywords have looked at.
/// Not thread-safe.
/// </remarks>
sealed class SchemaEvaluator
{
    readonly Dictionary<(SchemaExpression, bool), ValueSet> _known = [];
    readonly HashSet<(SchemaExpression, bool)> _open = [];
    readonly HashSet<SchemaExpression> _openEmptiness = [];
    readonly Dictionary<SchemaExpression, bool> _emptiness = [];
    readonly Dictionary<RegularExpression, bool> _emptyLanguages = [];
    readonly ValueAlgebra _algebra;
    readonly SchemaAssertions _assertions;

    public SchemaEvaluator()
    {
        _algebra = new(this);
        _assertions = new(this, _algebra);
    }

    public SchemaExpressions Expressions { get; } = new();

    /// <summary>What an expression is.</summary>
    /// <exception cref="JsonSchemaException">It cannot be enforced.</exception>
    public ValueSet Evaluate(SchemaExpression expression) => Evaluate(expression, isTracked: false)!;   // nothing is under way, so the answer is known

    /// <summary>As above; null where the answer is being sought further up, which happens where emptiness is asked for in a recursion.</summary>
    public ValueSet? Evaluate(SchemaExpression expression, bool isTracked)
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
        SchemaOrigin? blamed = _algebra.Blamed;
        ValueSet? result = expression switch
        {
            SchemaExpression.Schema schema => OfSchema(schema.Node, isTracked),
            SchemaExpression.Constant constant => _assertions.OfValues([constant.Value]),
            SchemaExpression.Both both => OfBoth(both.Parts, isTracked),
            SchemaExpression.Either either => isTracked ? OfOverlapping(either.Parts, ValueSet.All) : OfEither(either.Parts, isTracked: false),
            SchemaExpression.Other other => OfOther(other),
            _ => ValueSet.Nothing,
        };
        _algebra.Blamed = blamed;
        _open.Remove((expression, isTracked));
        if (result is not null)
            _known.Add((expression, isTracked), result);
        return result;
    }

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
        bool isEmpty = Evaluate(expression, isTracked: false) is { } set && _algebra.IsEmpty(set);
        _openEmptiness.Remove(expression);
        _emptiness[expression] = isEmpty;
        return isEmpty;
    }

    public bool IsEmpty(RegularExpression language)
    {
        if (language.IsPlain)
            return ReferenceEquals(language, RegularExpression.Nothing);
        if (!_emptyLanguages.TryGetValue(language, out bool isEmpty))
        {
            isEmpty = RegularLanguage.IsEmpty(language);
            _emptyLanguages.Add(language, isEmpty);
        }
        return isEmpty;
    }

    ValueSet? OfBoth(SchemaExpression[] parts, bool isTracked)
    {
        ValueSet all = ValueSet.All;
        foreach (SchemaExpression part in parts)
        {
            if (Evaluate(part, isTracked) is not { } set)
                return null;
            all = _algebra.Intersect(all, set);
        }
        return all;
    }

    ValueSet? OfEither(IReadOnlyList<SchemaExpression> parts, bool isTracked)
    {
        ValueSet any = ValueSet.Nothing;
        List<ArrayShape> arrays = [];
        List<ObjectShape> objects = [];
        foreach (SchemaExpression part in parts)
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

    /// <summary>
    /// Alternatives that may hold together, and then all annotate. Where one of two holds alone, less was looked at, so that the value is in the first one's shape all the same: the shapes of both
    /// together are added, and no complement is needed.
    /// </summary>
    /// <param name="parts">The alternatives.</param>
    /// <param name="context">What else the value must be.</param>
    ValueSet? OfOverlapping(SchemaExpression[] parts, ValueSet context)
    {
        List<SchemaExpression> alternatives = [];
        foreach (SchemaExpression part in parts)
        {
            int count = alternatives.Count;
            alternatives.Add(part);
            for (int i = 0; i < count; i++)
            {
                SchemaExpression both = Expressions.And(alternatives[i], part);
                if (Evaluate(both, isTracked: false) is not { } set)
                    return null;
                set = _algebra.Intersect(context, set);
                if (!_algebra.IsEmpty(ValueSet.Nothing with { Arrays = set.Arrays, Objects = set.Objects }))
                    alternatives.Add(both);
            }
            _algebra.CheckAlternatives(alternatives.Count);
        }
        return OfEither(alternatives, isTracked: true);
    }

    ValueSet? OfOther(SchemaExpression.Other other)
    {
        _algebra.Blamed = other.Origin;
        if (Evaluate(other.Inner, isTracked: false) is not { } set)
            return null;
        try
        {
            return _algebra.Complement(set, other.Origin);
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
            all = _algebra.Intersect(all, _assertions.Of(node, tracks));
        for (int i = 0; i < keywords.Parts.Count; i++)
        {
            if ((i >= before || keywords.Parts[i] is not (SchemaPart.Reference or SchemaPart.AllOf)) && !Add(keywords.Parts[i]))
                return null;
        }
        if (keywords.UnevaluatedProperties is not null)
            all = all with { Objects = ValueAlgebra.Prune([.. all.Objects.Select(shape => _assertions.WithUnevaluated(shape, Expressions.Schema(keywords.UnevaluatedProperties)))]) };
        if (keywords.UnevaluatedItems is not null)
            all = all with { Arrays = ValueAlgebra.Prune([.. all.Arrays.Select(shape => _assertions.WithUnevaluated(shape, Expressions.Schema(keywords.UnevaluatedItems)))]) };
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
            _algebra.Blamed = new(node, part.Keyword);
            if (OfPart(node, part, all, tracks) is not { } set)
                return false;
            _algebra.Blamed = new(node, part.Keyword);
            all = _algebra.Intersect(all, set);
            return true;
        }
    }

    /// <summary>What one of a schema's keywords says about the same value.</summary>
    /// <param name="node">The schema.</param>
    /// <param name="part">What it says.</param>
    /// <param name="context">What it says besides, as far as that is known.</param>
    /// <param name="isTracked">Whether to note which members and items were looked at.</param>
    ValueSet? OfPart(SchemaNode node, SchemaPart part, ValueSet context, bool isTracked)
    {
        switch (part)
        {
            case SchemaPart.Reference reference:
                return Evaluate(Expressions.Schema(reference.Target), isTracked);
            case SchemaPart.AllOf allOf:
                return Evaluate(Expressions.And([.. allOf.Parts.Select(Expressions.Schema)]), isTracked);
            case SchemaPart.AnyOf anyOf:
                SchemaExpression[] choices = [.. anyOf.Parts.Select(Expressions.Schema)];
                return isTracked ? OfOverlapping(choices, context) : Evaluate(Expressions.Or(choices), isTracked: false);
            case SchemaPart.OneOf oneOf:
                return OfOneOf(node, [.. oneOf.Parts.Select(Expressions.Schema)], context, isTracked);
            case SchemaPart.Not not:
                return Evaluate(Expressions.Not(Expressions.Schema(not.Part), new(node, part.Keyword)), isTracked);
            case SchemaPart.If conditional:
                if (conditional.Then is null && conditional.Else is null && !isTracked)
                    return ValueSet.All;
                SchemaExpression condition = Expressions.Schema(conditional.Condition);
                return OfEither(
                    [
                        Expressions.And(condition, Expressions.Schema(conditional.Then, SchemaExpression.Any)),
                        Expressions.And(Expressions.Not(condition, new(node, part.Keyword)), Expressions.Schema(conditional.Else, SchemaExpression.Any)),
                    ],
                    isTracked);
            case SchemaPart.DependentRequired dependent:
                ObjectShape together = new() { Properties = [.. dependent.Others.Prepend(dependent.Name).Distinct(StringComparer.Ordinal).Select(name => (name, SchemaExpression.Any, true))] };
                return ValueSet.All with { Objects = [Without(dependent.Name), together] };
            case SchemaPart.DependentSchema dependent:
                if (Evaluate(Expressions.Schema(dependent.Part), isTracked) is not { } set)
                    return null;
                ValueSet present = ValueSet.Nothing with { Objects = [new() { Properties = [(dependent.Name, SchemaExpression.Any, true)] }] };
                return ValueSet.All with { Objects = [Without(dependent.Name), .. _algebra.Intersect(set, present).Objects] };
            default:
                throw new InvalidOperationException(part.Keyword);
        }

        static ObjectShape Without(string name) => new() { Properties = [(name, SchemaExpression.Never, false)] };
    }

    /// <summary>Exactly one: each without those others that it is not known to be disjoint with, for such values as the schema allows besides.</summary>
    ValueSet? OfOneOf(SchemaNode node, SchemaExpression[] parts, ValueSet context, bool isTracked)
    {
        ValueSet[] sets = new ValueSet[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Evaluate(parts[i], isTracked: false) is not { } set)
                return null;
            sets[i] = _algebra.Intersect(context, set);
        }
        List<SchemaExpression>[] alone = [.. parts.Select(part => new List<SchemaExpression> { part })];
        SchemaOrigin origin = new(node, "oneOf");
        for (int i = 0; i < parts.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (_algebra.AreDisjoint(sets[i], sets[j]))
                    continue;
                alone[i].Add(Expressions.Not(parts[j], origin));
                alone[j].Add(Expressions.Not(parts[i], origin));
            }
        }
        return OfEither([.. alone.Select(terms => Expressions.And([.. terms]))], isTracked);
    }
}
