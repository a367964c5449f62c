using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Writes values as a schema's grammar wants them, and tells whether they are of an expression at all.</summary>
sealed class InstanceWriter(SchemaEvaluator evaluator, StringBuilder text)
{
    /// <summary>Writes a value compactly, and as one of an expression where it is one.</summary>
    public void Write(JsonElement value, SchemaExpression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                WriteArray([.. value.EnumerateArray()], expression);
                break;
            case JsonValueKind.Object:
                WriteObject(JsonText.Members(value), expression);
                break;
            case JsonValueKind.String:
                text.Append(JsonText.Quote(JsonText.Value(value)));
                break;
            case JsonValueKind.Number:
                text.Append(DecimalNumber.Respell(value.GetRawText()));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>Whether a value is of an expression.</summary>
    public bool Matches(JsonElement value, SchemaExpression expression)
    {
        if (expression is SchemaExpression.Everything)
            return true;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        ValueSet set = evaluator.Evaluate(expression);
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return set.Scalars.HasFlag(Literals.Null);
            case JsonValueKind.True:
                return set.Scalars.HasFlag(Literals.True);
            case JsonValueKind.False:
                return set.Scalars.HasFlag(Literals.False);
            case JsonValueKind.String:
                return set.Strings.Contains(JsonText.Value(value));
            case JsonValueKind.Number:
                return DecimalNumber.TryParse(value.GetRawText(), out DecimalNumber number) ? set.Numbers.Contains(number) : set.Numbers.IsAll;
            case JsonValueKind.Array:
                JsonElement[] items = [.. value.EnumerateArray()];
                return Array.Exists(set.Arrays, shape => Matches(items, shape));
            case JsonValueKind.Object:
                OrderedDictionary<string, JsonElement> members = JsonText.Members(value);
                return Array.Exists(set.Objects, shape => Matches(members, shape));
            default:
                return false;
        }
    }

    bool Matches(JsonElement[] items, ArrayShape shape)
    {
        if (items.Length < shape.MinItems || items.Length > shape.MaxItems)
            return false;
        for (int i = 0; i < items.Length; i++)
        {
            if (!Matches(items[i], shape.ValueAt(i)))
                return false;
        }
        foreach ((SchemaExpression value, int min, int max, int from, _) in shape.Contains)
        {
            int count = items.Skip(from).Count(item => Matches(item, value));
            if (count < min || count > max)
                return false;
        }
        return shape.Unique is null || items.Select(evaluator.Expressions.Constant).Distinct().Count() == items.Length;
    }

    bool Matches(OrderedDictionary<string, JsonElement> members, ObjectShape shape)
    {
        if (members.Count < shape.MinProperties || members.Count > shape.MaxProperties)
            return false;
        foreach ((string name, _, bool isRequired) in shape.Properties)
        {
            if (isRequired && !members.ContainsKey(name))
                return false;
        }
        foreach ((string name, JsonElement member) in members)
        {
            if (!Matches(member, shape.ValueOf(name)))
                return false;
        }
        return Array.TrueForAll(shape.Witnesses, witness => members.Any(member => IsWitness(member, witness)));
    }

    bool IsWitness(KeyValuePair<string, JsonElement> member, (RegularExpression Names, SchemaExpression Value, SchemaOrigin Origin) witness) =>
        witness.Names.Accepts(member.Key) && Matches(member.Value, witness.Value);

    void WriteArray(JsonElement[] items, SchemaExpression expression)
    {
        ArrayShape shape = Array.Find(evaluator.Evaluate(expression).Arrays, shape => Matches(items, shape)) ?? ArrayShape.Universal;
        text.Append('[');
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            SchemaExpression value = shape.ValueAt(i);
            // What is contained may want its members in an order of its own.
            foreach ((SchemaExpression contained, _, _, int from, _) in shape.Contains)
            {
                if (i >= from && Matches(items[i], contained))
                    value = evaluator.Expressions.And(value, contained);
            }
            Write(items[i], value);
        }
        text.Append(']');
    }

    void WriteObject(OrderedDictionary<string, JsonElement> members, SchemaExpression expression)
    {
        ObjectShape shape = evaluator.Written(Array.Find(evaluator.Evaluate(expression).Objects, shape => Matches(members, shape)) ?? ObjectShape.Universal);
        List<KeyValuePair<string, JsonElement>> ordered = [];
        foreach ((string name, _, _) in shape.Properties)
        {
            if (members.TryGetValue(name, out JsonElement member))
                ordered.Add(new(name, member));
        }
        List<KeyValuePair<string, JsonElement>> others = [.. members.Where(member => shape.IndexOf(member.Key) < 0)];
        foreach ((RegularExpression Names, SchemaExpression Value, SchemaOrigin Origin) witness in shape.Witnesses)
        {
            // A witness among the others comes last.
            if (!ordered.Exists(member => IsWitness(member, witness)) && others.FindIndex(member => IsWitness(member, witness)) is >= 0 and int i)
            {
                others.Add(others[i]);
                others.RemoveAt(i);
            }
        }
        text.Append('{');
        foreach ((string name, JsonElement member) in ordered.Concat(others))
        {
            if (text[^1] != '{')
                text.Append(',');
            text.Append(JsonText.Quote(name)).Append(':');
            SchemaExpression value = shape.ValueOf(name);
            foreach ((RegularExpression names, SchemaExpression wanted, _) in shape.Witnesses)
            {
                if (names.Accepts(name) && Matches(member, wanted))
                    value = evaluator.Expressions.And(value, wanted);
            }
            Write(member, value);
        }
        text.Append('}');
    }
}
