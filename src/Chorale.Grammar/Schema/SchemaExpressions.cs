using System.Text;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Makes the expressions of one document, each only once.</summary>
sealed class SchemaExpressions
{
    readonly Dictionary<SchemaNode, SchemaExpression> _schemas = [];
    readonly Dictionary<string, SchemaExpression> _constants = new(StringComparer.Ordinal);
    readonly Dictionary<SchemaExpression[], SchemaExpression> _both = new(SameParts.Instance), _either = new(SameParts.Instance);
    readonly Dictionary<SchemaExpression, SchemaExpression> _others = [];

    /// <summary>What a schema allows. One that is only a reference is what it refers to.</summary>
    public SchemaExpression Schema(SchemaNode node)
    {
        if (_schemas.TryGetValue(node, out SchemaExpression? known))
            return known;
        SchemaNode target = node;
        SchemaKeywords keywords = node.Keywords;
        while (keywords is { HasOnlyParts: true, Parts: [SchemaPart.Reference reference] })
        {
            target = reference.Target;
            keywords = target.Keywords;
        }
        SchemaExpression expression =
            keywords.Boolean is { } flag ? flag ? SchemaExpression.Any : SchemaExpression.Never
            : keywords.HasOnlyParts && keywords.Parts.Count == 0 ? SchemaExpression.Any
            : ReferenceEquals(target, node) ? new SchemaExpression.Schema(node)
            : Schema(target);
        _schemas.Add(node, expression);
        return expression;
    }

    /// <summary>What a schema allows, or another expression where there is no schema.</summary>
    public SchemaExpression Schema(SchemaNode? node, SchemaExpression otherwise) => node is null ? otherwise : Schema(node);

    /// <summary>One value. Equal values are one expression, however they are spelled.</summary>
    public SchemaExpression Constant(JsonElement value)
    {
        string key = Canonical(value);
        if (!_constants.TryGetValue(key, out SchemaExpression? known))
        {
            known = new SchemaExpression.Constant(value);
            _constants.Add(key, known);
        }
        return known;
    }

    /// <summary>What all of them allow. The order is kept, since members are written in it.</summary>
    public SchemaExpression And(params ReadOnlySpan<SchemaExpression> parts)
    {
        List<SchemaExpression> distinct = [];
        foreach (SchemaExpression part in parts)
        {
            foreach (SchemaExpression inner in part is SchemaExpression.Both both ? both.Parts : [part])
            {
                if (inner is SchemaExpression.Nothing || (inner is SchemaExpression.Other other && distinct.Contains(other.Inner))
                    || (_others.TryGetValue(inner, out SchemaExpression? opposite) && distinct.Contains(opposite)))
                    return SchemaExpression.Never;
                if (inner is not SchemaExpression.Everything && !distinct.Contains(inner))
                    distinct.Add(inner);
            }
        }
        return Make(distinct, SchemaExpression.Any, _both, static parts => new SchemaExpression.Both(parts));
    }

    /// <summary>What any of them allows.</summary>
    public SchemaExpression Or(params ReadOnlySpan<SchemaExpression> parts)
    {
        List<SchemaExpression> distinct = [];
        foreach (SchemaExpression part in parts)
        {
            foreach (SchemaExpression inner in part is SchemaExpression.Either either ? either.Parts : [part])
            {
                if (inner is SchemaExpression.Everything)
                    return inner;
                if (inner is not SchemaExpression.Nothing && !distinct.Contains(inner))
                    distinct.Add(inner);
            }
        }
        return Make(distinct, SchemaExpression.Never, _either, static parts => new SchemaExpression.Either(parts));
    }

    /// <summary>All other values.</summary>
    public SchemaExpression Not(SchemaExpression inner, SchemaOrigin origin)
    {
        switch (inner)
        {
            case SchemaExpression.Everything:
                return SchemaExpression.Never;
            case SchemaExpression.Nothing:
                return SchemaExpression.Any;
            case SchemaExpression.Other other:
                return other.Inner;
        }
        if (!_others.TryGetValue(inner, out SchemaExpression? known))
        {
            known = new SchemaExpression.Other(inner, origin);
            _others.Add(inner, known);
        }
        return known;
    }

    static SchemaExpression Make(
        List<SchemaExpression> parts, SchemaExpression neutral, Dictionary<SchemaExpression[], SchemaExpression> known, Func<SchemaExpression[], SchemaExpression> make)
    {
        if (parts.Count <= 1)
            return parts.Count == 0 ? neutral : parts[0];
        SchemaExpression[] key = [.. parts];
        if (!known.TryGetValue(key, out SchemaExpression? expression))
        {
            expression = make(key);
            known.Add(key, expression);
        }
        return expression;
    }

    /// <summary>A text that is the same for equal values.</summary>
    static string Canonical(JsonElement value)
    {
        StringBuilder text = new();
        Write(value);
        return text.ToString();

        void Write(JsonElement element)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            switch (element.ValueKind)
            {
                case JsonValueKind.Array:
                    text.Append('[');
                    foreach (JsonElement item in element.EnumerateArray())
                    {
                        Write(item);
                        text.Append(',');
                    }
                    text.Append(']');
                    break;
                case JsonValueKind.Object:
                    text.Append('{');
                    foreach ((string name, JsonElement member) in JsonText.Members(element).OrderBy(member => member.Key, StringComparer.Ordinal))
                    {
                        text.Append(JsonText.Quote(name)).Append(':');
                        Write(member);
                        text.Append(',');
                    }
                    text.Append('}');
                    break;
                case JsonValueKind.String:
                    text.Append(JsonText.Quote(JsonText.Value(element)));
                    break;
                case JsonValueKind.Number:
                    text.Append(DecimalNumber.Respell(element.GetRawText()));
                    break;
                default:
                    text.Append(element.GetRawText());
                    break;
            }
        }
    }

    sealed class SameParts : IEqualityComparer<SchemaExpression[]>
    {
        public static SameParts Instance { get; } = new();

        public bool Equals(SchemaExpression[]? x, SchemaExpression[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(SchemaExpression[] obj)
        {
            HashCode hash = default;
            foreach (SchemaExpression part in obj)
                hash.Add(part);
            return hash.ToHashCode();
        }
    }
}
