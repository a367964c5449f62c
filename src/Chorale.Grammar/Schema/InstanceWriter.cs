using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Writes values as a schema's grammar wants them, and tells whether they are of an expression at all.</summary>
sealed class InstanceWriter(SchemaEvaluator evaluator, StringBuilder text)
{
    // Each place is judged once under each expression: alternatives within alternatives would otherwise multiply.
    readonly Dictionary<(InstanceNode, SchemaExpression), bool> _known = [];

    /// <summary>Writes a value compactly, and as one of an expression where it is one.</summary>
    public void Write(InstanceNode value, SchemaExpression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.Kind)
        {
            case JsonValueKind.Array:
                WriteArray(value, expression);
                break;
            case JsonValueKind.Object:
                WriteObject(value, expression);
                break;
            case JsonValueKind.String:
                text.Append(JsonText.Quote(value.Text));
                break;
            default:
                text.Append(value.Text);
                break;
        }
    }

    /// <summary>Whether a value is of an expression.</summary>
    public bool Matches(InstanceNode value, SchemaExpression expression)
    {
        if (expression is SchemaExpression.Everything)
            return true;
        if (_known.TryGetValue((value, expression), out bool known))
            return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        ValueSet set = evaluator.Evaluate(expression);
        bool matches = value.Kind switch
        {
            JsonValueKind.Null => set.Scalars.HasFlag(Literals.Null),
            JsonValueKind.True => set.Scalars.HasFlag(Literals.True),
            JsonValueKind.False => set.Scalars.HasFlag(Literals.False),
            JsonValueKind.String => set.Strings.Contains(value.Text),
            JsonValueKind.Number => DecimalNumber.TryParse(value.Text, out DecimalNumber number) ? set.Numbers.Contains(number) : set.Numbers.IsAll,
            JsonValueKind.Array => Array.Exists(set.Arrays, shape => Matches(value.Items, shape)),
            JsonValueKind.Object => Array.Exists(set.Objects, shape => Matches(value.Members!, shape)),
            _ => false,
        };
        _known[(value, expression)] = matches;
        return matches;
    }

    bool Matches(InstanceNode[] items, ArrayShape shape)
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
        if (shape.Unique is null)
            return true;
        for (int i = 0; i < items.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (items[i].IsSame(items[j]))
                    return false;
            }
        }
        return true;
    }

    bool Matches(OrderedDictionary<string, InstanceNode> members, ObjectShape shape)
    {
        if (members.Count < shape.MinProperties || members.Count > shape.MaxProperties)
            return false;
        foreach ((string name, _, bool isRequired) in shape.Properties)
        {
            if (isRequired && !members.ContainsKey(name))
                return false;
        }
        foreach ((string name, InstanceNode member) in members)
        {
            if (!Matches(member, shape.ValueOf(name)))
                return false;
        }
        return Array.TrueForAll(shape.Witnesses, witness => members.Any(member => IsWitness(member, witness)));
    }

    bool IsWitness(KeyValuePair<string, InstanceNode> member, (RegularExpression Names, SchemaExpression Value, SchemaOrigin Origin) witness) =>
        witness.Names.Accepts(member.Key) && Matches(member.Value, witness.Value);

    void WriteArray(InstanceNode array, SchemaExpression expression)
    {
        InstanceNode[] items = array.Items;
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

    void WriteObject(InstanceNode value, SchemaExpression expression)
    {
        OrderedDictionary<string, InstanceNode> members = value.Members!;
        ObjectShape shape = evaluator.Written(Array.Find(evaluator.Evaluate(expression).Objects, shape => Matches(members, shape)) ?? ObjectShape.Universal);
        text.Append('{');
        bool isFirst = true;
        foreach ((string name, InstanceNode member) in Ordered(members, shape))
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            text.Append(JsonText.Quote(name)).Append(':');
            SchemaExpression wanted = shape.ValueOf(name);
            foreach ((RegularExpression names, SchemaExpression seen, _) in shape.Witnesses)
            {
                if (names.Accepts(name) && Matches(member, seen))
                    wanted = evaluator.Expressions.And(wanted, seen);
            }
            Write(member, wanted);
        }
        text.Append('}');
    }

    /// <summary>The declared members in their order, then the others in their own; but a witness among these comes last.</summary>
    List<KeyValuePair<string, InstanceNode>> Ordered(OrderedDictionary<string, InstanceNode> members, ObjectShape shape)
    {
        List<KeyValuePair<string, InstanceNode>> declared = [], others = [.. members.Where(member => shape.IndexOf(member.Key) < 0)];
        foreach ((string name, _, _) in shape.Properties)
        {
            if (members.TryGetValue(name, out InstanceNode? member))
                declared.Add(new(name, member));
        }
        foreach ((RegularExpression Names, SchemaExpression Value, SchemaOrigin Origin) witness in shape.Witnesses)
        {
            if (!declared.Exists(member => IsWitness(member, witness)) && others.FindIndex(member => IsWitness(member, witness)) is >= 0 and int i)
            {
                KeyValuePair<string, InstanceNode> last = others[i];
                others.RemoveAt(i);
                others.Add(last);
            }
        }
        return [.. declared, .. others];
    }
}
