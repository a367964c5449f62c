using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>A JSON value as readers have it: members once each with their last value, numbers in one spelling. Each place of a document is an object of its own.</summary>
sealed class InstanceNode
{
    InstanceNode(JsonValueKind kind, string text, InstanceNode[] items, OrderedDictionary<string, InstanceNode>? members) => (Kind, Text, Items, Members) = (kind, text, items, members);

    public JsonValueKind Kind { get; }

    /// <summary>Of a string its value, of another scalar its JSON.</summary>
    public string Text { get; }

    public InstanceNode[] Items { get; }

    /// <summary>Null where it is no object.</summary>
    public OrderedDictionary<string, InstanceNode>? Members { get; }

    public static InstanceNode Of(JsonElement value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                return new(value.ValueKind, "", [.. value.EnumerateArray().Select(Of)], null);
            case JsonValueKind.Object:
                OrderedDictionary<string, InstanceNode> members = new(StringComparer.Ordinal);
                foreach (JsonProperty member in value.EnumerateObject())
                    members[JsonText.Name(member)] = Of(member.Value);
                return new(value.ValueKind, "", [], members);
            case JsonValueKind.String:
                return new(value.ValueKind, JsonText.Value(value), [], null);
            case JsonValueKind.Number:
                return new(value.ValueKind, DecimalNumber.Respell(value.GetRawText()), [], null);
            default:
                return new(value.ValueKind, value.GetRawText(), [], null);
        }
    }

    /// <summary>Whether two are equal as values: members in any order.</summary>
    public bool IsSame(InstanceNode other)
    {
        if (Kind != other.Kind || Text != other.Text || Items.Length != other.Items.Length || Members?.Count != other.Members?.Count)
            return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < Items.Length; i++)
        {
            if (!Items[i].IsSame(other.Items[i]))
                return false;
        }
        return Members is null || Members.All(member => other.Members!.TryGetValue(member.Key, out InstanceNode? value) && member.Value.IsSame(value));
    }
}
