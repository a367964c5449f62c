using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>What a schema says, read and checked, each keyword for itself.</summary>
sealed class SchemaKeywords
{
    /// <summary>Set for the schemas <c>true</c> and <c>false</c>.</summary>
    public bool? Boolean { get; set; }

    public JsonTypes Types { get; set; } = JsonTypes.All;

    /// <summary>The values of <c>enum</c>.</summary>
    public JsonElement[]? Enum { get; set; }

    /// <summary>The value of <c>const</c>, alone in a list.</summary>
    public JsonElement[]? Const { get; set; }

    /// <summary>The numbers that all keywords on numbers leave.</summary>
    public NumberSet Numbers { get; set; } = NumberSet.All;

    /// <summary>The strings that all keywords on strings leave.</summary>
    public StringSet Strings { get; set; } = StringSet.All;

    public OrderedDictionary<string, SchemaNode> Properties { get; set; } = new(StringComparer.Ordinal);

    public List<string> Required { get; } = [];

    public List<(RegularExpression Names, SchemaNode Schema)> PatternProperties { get; } = [];

    public SchemaNode? AdditionalProperties { get; set; }

    public SchemaNode? PropertyNames { get; set; }

    public int MinProperties { get; set; }

    public int MaxProperties { get; set; } = int.MaxValue;

    public SchemaNode[] PrefixItems { get; set; } = [];

    public SchemaNode? Items { get; set; }

    public SchemaNode? Contains { get; set; }

    public int MinContains { get; set; } = 1;

    public int MaxContains { get; set; } = int.MaxValue;

    public int MinItems { get; set; }

    public int MaxItems { get; set; } = int.MaxValue;

    public bool UniqueItems { get; set; }

    public SchemaNode? UnevaluatedProperties { get; set; }

    public SchemaNode? UnevaluatedItems { get; set; }

    /// <summary>The keywords that apply schemas to the same value, in their order.</summary>
    public List<SchemaPart> Parts { get; } = [];

    /// <summary>How many of <see cref="Parts"/> stand before the first <c>properties</c>: the members that they declare come first.</summary>
    public int PartsBeforeProperties { get; set; }

    public bool HasObjectKeywords =>
        Properties.Count > 0 || Required.Count > 0 || PatternProperties.Count > 0 || AdditionalProperties is not null || PropertyNames is not null || MinProperties > 0 || MaxProperties < int.MaxValue;

    public bool HasArrayKeywords =>
        PrefixItems.Length > 0 || Items is not null || Contains is not null || MinItems > 0 || MaxItems < int.MaxValue || UniqueItems;

    /// <summary>Whether it restricts nothing of itself; <see cref="Parts"/> may.</summary>
    public bool HasOnlyParts =>
        Boolean is null && Types == JsonTypes.All && Enum is null && Const is null && Numbers.IsAll && Strings.IsAll && !HasObjectKeywords && !HasArrayKeywords
        && UnevaluatedProperties is null && UnevaluatedItems is null;

    /// <summary>All schemas that it leads to.</summary>
    public IEnumerable<SchemaNode> Schemas
    {
        get
        {
            foreach (SchemaNode node in Properties.Values)
                yield return node;
            foreach ((_, SchemaNode node) in PatternProperties)
                yield return node;
            foreach (SchemaNode node in PrefixItems)
                yield return node;
            foreach (SchemaNode node in ((SchemaNode?[])[AdditionalProperties, PropertyNames, Items, Contains, UnevaluatedProperties, UnevaluatedItems]).OfType<SchemaNode>())
                yield return node;
            foreach (SchemaPart part in Parts)
            {
                foreach (SchemaNode node in part.Schemas)
                    yield return node;
            }
        }
    }
}
