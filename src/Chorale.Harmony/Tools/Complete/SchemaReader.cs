using System.Globalization;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Reads schemas as types: every keyword of JSON Schema from draft 4 to 2020-12, and OpenAPI's <c>nullable</c>. A keyword that is
/// null counts as absent, as do annotations of the wrong kind.
/// </summary>
/// <param name="graph">The schemas, and which of them have names.</param>
sealed class SchemaReader(SchemaGraph graph)
{
    /// <summary>The type of a schema, by its name where it has one.</summary>
    /// <exception cref="SchemaException">Something that is no schema.</exception>
    public NotedType Read(SchemaNode node) => node.IsNamed ? new(new SchemaType.Named(node)) : ReadBody(node);

    /// <summary>The type that a name stands for.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public NotedType ReadBody(SchemaNode node)
    {
        if (node.Schema.Members is not { } members)
            return new(node.Schema.Kind == JsonValueKind.True ? SchemaType.Any : SchemaType.Never);

        List<SchemaType> parts = [];
        List<TypeNotes> notes = [new NoteReader(this, node).Read()];
        bool hasOwn = false;
        foreach ((string keyword, JsonValue value) in members)
        {
            switch (keyword)
            {
                case "$ref" or "$dynamicRef" or "$recursiveRef":
                    foreach ((_, SchemaNode target) in node.References.Where(reference => reference.Keyword == keyword))
                        Add(Read(target));
                    break;
                case "allOf" when value.Kind != JsonValueKind.Null:
                    foreach (NotedType part in Children(node, keyword, value))
                        Add(part);
                    break;
                case "anyOf" or "oneOf" when value.Kind != JsonValueKind.Null:
                    Add(Alternatives(node, keyword, value));
                    break;
                default:
                    if (!hasOwn && IsOwn(keyword))
                    {
                        hasOwn = true;
                        if (Own(node, notes) is { } own)
                            parts.Add(own);
                    }
                    break;
            }
        }
        SchemaType type = TypeAlgebra.Intersection(parts);
        if (node.Schema["nullable"]?.Kind == JsonValueKind.True)
            type = TypeAlgebra.OrNull(type);
        return new(type, TypeNotes.Of(notes));

        void Add(NotedType part)
        {
            parts.Add(part.Type);
            if (!part.Notes.IsEmpty)
                notes.Add(part.Notes);
        }
    }

    /// <summary>What stands under a keyword.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public NotedType Child(SchemaNode node, string keyword, string? key, JsonValue value) => value.Kind switch
    {
        JsonValueKind.Object => Read(graph[value]),
        JsonValueKind.True => new(SchemaType.Any),
        JsonValueKind.False => new(SchemaType.Never),
        _ => throw node.Unexpected(keyword, key, value, "a schema: an object, true or false"),
    };

    List<NotedType> Children(SchemaNode node, string keyword, JsonValue value)
    {
        if (value.Items is not { Count: > 0 } schemas)
            throw node.Unexpected(keyword, null, value, "a list of schemas");
        return [.. schemas.Select((schema, i) => Child(node, keyword, i.ToString(CultureInfo.InvariantCulture), schema))];
    }

    NotedType Alternatives(SchemaNode node, string keyword, JsonValue value)
    {
        if (RequiredAlternatives(node, keyword, value) is { } required)
            return new(SchemaType.Any, new() { Limits = [required] });
        List<NotedType> variants = Children(node, keyword, value);
        List<NotedType> real = variants.FindAll(variant => variant is not { Type.Key: "null", Notes.IsEmpty: true });
        if (keyword == "anyOf" && real is [NotedType only])
            return new(TypeAlgebra.Union(variants.Select(variant => variant.Type)), only.Notes);   // X or null: what is said, is said of X
        bool isShort = keyword == "anyOf" && variants.TrueForAll(variant => variant.Type.IsFlat && variant.Notes.IsEmpty);
        return new(TypeAlgebra.Union(variants, onLines: !isShort));
    }

    /// <summary>
    /// Alternatives that only require members which are declared outside: better said than written as types. Null for any other.
    /// </summary>
    static Note? RequiredAlternatives(SchemaNode node, string keyword, JsonValue value)
    {
        if (node.Schema["properties"]?.Members is null || value.Items is not { Count: > 0 } schemas)
            return null;
        List<string> groups = [];
        foreach (JsonValue schema in schemas)
        {
            if (schema.Members is not [{ Key: "required", Value.Items: { Count: > 0 } names }] || names.Exists(name => name.AsString is null))
                return null;
            groups.Add(string.Join(" and ", names.Select(name => JsonLiteral.Key(name.Text!))));
        }
        return new($"requires {(keyword == "oneOf" ? "exactly one of " : groups.Count > 1 ? "at least one of " : "")}{string.Join("; ", groups)}");
    }

    static bool IsOwn(string keyword) => keyword is "type" or "const" or "enum" || KindOf(keyword) is not null;

    /// <summary>The kind of value that a keyword is about.</summary>
    static string? KindOf(string keyword) => keyword switch
    {
        "properties" or "required" or "additionalProperties" or "patternProperties" or "propertyNames" or "minProperties" or "maxProperties"
            or "unevaluatedProperties" => "object",
        "items" or "prefixItems" or "additionalItems" or "contains" or "minItems" or "maxItems" or "uniqueItems" or "unevaluatedItems" => "array",
        "minLength" or "maxLength" or "pattern" or "format" or "contentEncoding" or "contentMediaType" => "string",
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => "number",
        _ => null,
    };

    /// <summary>The type that a schema's own keywords give it, without those that lead to others; null where they say nothing.</summary>
    SchemaType? Own(SchemaNode node, List<TypeNotes> notes)
    {
        JsonValue schema = node.Schema;
        List<string>? types = Types(node);
        if (schema["const"] is { } constant)
            return new SchemaType.Literal(constant);
        if (schema["enum"] is { Kind: not JsonValueKind.Null } values)
        {
            if (values.Items is not { Count: > 0 } allowed)
                throw node.Unexpected("enum", null, values, "a list of values");
            List<SchemaType> literals = [.. allowed.Where(one => types is null || types.Exists(type => Is(one, type))).Select(one => new SchemaType.Literal(one))];
            return literals.Count == 0 ? SchemaType.Never : TypeAlgebra.Union(literals);
        }
        types ??= Inferred(schema);
        if (types.Count == 0)
            return null;
        return types is [string only] ? OfType(only) : TypeAlgebra.Union(types.Select(OfType));

        SchemaType OfType(string type) => type switch
        {
            "object" => Object(node, notes),
            "array" => Array(node, notes),
            "string" => SchemaType.String,
            "number" or "integer" => SchemaType.Number,
            "boolean" => SchemaType.Boolean,
            "null" => SchemaType.Null,
            _ => SchemaType.Any,
        };
    }

    static List<string>? Types(SchemaNode node)
    {
        JsonValue? type = node.Schema["type"];
        if (type is null or { Kind: JsonValueKind.Null })
            return null;
        if (type.Items is not { } types)
            return [Known(type, null)];
        if (types.Count == 0)
            throw node.Unexpected("type", null, type, "at least one type");
        return [.. types.Select((one, i) => Known(one, i.ToString(CultureInfo.InvariantCulture))).Distinct(StringComparer.Ordinal)];

        string Known(JsonValue name, string? key) => name.AsString is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null" or "any"
            ? name.Text! : throw node.Unexpected("type", key, name, "object, array, string, number, integer, boolean or null");
    }

    static bool Is(JsonValue value, string type) => type switch
    {
        "object" => value.Kind == JsonValueKind.Object,
        "array" => value.Kind == JsonValueKind.Array,
        "string" => value.Kind == JsonValueKind.String,
        "number" => value.Kind == JsonValueKind.Number,
        "integer" => value.Kind == JsonValueKind.Number && double.IsInteger(double.Parse(value.Text!, CultureInfo.InvariantCulture)),
        "boolean" => value.Kind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.Kind == JsonValueKind.Null,
        _ => true,
    };

    /// <summary>The kinds that a schema without a type is about. Beside another schema, limits alone are notes on that one.</summary>
    static List<string> Inferred(JsonValue schema)
    {
        List<string> kinds = [];
        List<KeyValuePair<string, JsonValue>> members = schema.Members!;
        bool hasOther = members.Exists(member => member.Key is "$ref" or "$dynamicRef" or "$recursiveRef" or "allOf" or "anyOf" or "oneOf");
        foreach ((string keyword, JsonValue value) in members)
        {
            if (value.Kind == JsonValueKind.Null || KindOf(keyword) is not { } kind || kinds.Contains(kind))
                continue;
            if (keyword == "format" && value.AsString is "int32" or "int64" or "float" or "double")
                kind = "number";
            if (!hasOther || keyword is "properties" or "required" or "additionalProperties" or "patternProperties" or "items" or "prefixItems")
                kinds.Add(kind);
        }
        return kinds;
    }

    SchemaType.Object Object(SchemaNode node, List<TypeNotes> notes)
    {
        List<SchemaType.Member> members = [];
        HashSet<string> required = Required(node);
        if (node.Schema["properties"] is { Kind: not JsonValueKind.Null } properties)
        {
            foreach ((string name, JsonValue property) in properties.Members ?? throw node.Unexpected("properties", null, properties, "an object of schemas"))
                members.Add(new(name, required.Remove(name), Child(node, "properties", name, property)));
        }
        NotedType? others = Others(node);
        // Only a type that is a word is repeated for each name: nested, anything longer would double at each level.
        SchemaType undeclared = others?.Type is SchemaType.Keyword or SchemaType.Named && others.Value.Type != SchemaType.Never ? others.Value.Type : SchemaType.Any;
        foreach (string name in required)
            members.Add(new(name, IsRequired: true, new(undeclared)));

        int named = members.Count;
        if (node.Schema["patternProperties"] is { Kind: not JsonValueKind.Null } patterns)
        {
            foreach ((string pattern, JsonValue property) in patterns.Members ?? throw node.Unexpected("patternProperties", null, patterns, "an object of schemas"))
                members.Add(Indexer(Child(node, "patternProperties", pattern, property), new Note($"keys matching {JsonLiteral.Plain(pattern)}")));
        }
        Note? keys = node.Schema["propertyNames"] is { Kind: not JsonValueKind.Null } names ? new("keys: ", Child(node, "propertyNames", null, names)) : null;
        if (others is { } other && other.Type != SchemaType.Never)
        {
            members.Add(Indexer(other, keys));
            keys = null;
        }
        if (keys is not null && members.Count == named && named == 0)
            members.Add(Indexer(new(SchemaType.Any), keys));
        else if (keys is not null)
            notes.Add(new() { Limits = [keys] });
        return new SchemaType.Object(members);
    }

    /// <summary>The type of members that are not declared; null where nothing is said of them.</summary>
    NotedType? Others(SchemaNode node)
    {
        foreach (string keyword in (string[])["additionalProperties", "unevaluatedProperties"])
            if (node.Schema[keyword] is { Kind: not JsonValueKind.Null } others)
                return Child(node, keyword, null, others);
        return null;
    }

    static SchemaType.Member Indexer(NotedType value, Note? limit) => new(null, IsRequired: true, limit is null ? value
        : value with { Notes = value.Notes with { Limits = [limit, .. value.Notes.Limits] } });

    static HashSet<string> Required(SchemaNode node)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (node.Schema["required"] is not { Kind: not JsonValueKind.Null } required)
            return names;
        if (required.Items is not { } items)
            throw node.Unexpected("required", null, required, "a list of names");
        for (int i = 0; i < items.Count; i++)
            names.Add(items[i].AsString ?? throw node.Unexpected("required", i.ToString(CultureInfo.InvariantCulture), items[i], "a name"));
        return names;
    }

    SchemaType Array(SchemaNode node, List<TypeNotes> notes)
    {
        JsonValue? items = Present(node, "items");
        JsonValue? places = Present(node, "prefixItems") ?? (items?.Items is null ? null : items);
        if (places is null)
        {
            string itemsKeyword = items is null ? "unevaluatedItems" : "items";
            if (Present(node, itemsKeyword) is not { } item)
                return new SchemaType.List(null);
            NotedType element = Child(node, itemsKeyword, null, item);
            notes.Add(TypeNotes.OfParts([("items", element.Notes)]));
            return new SchemaType.List(element.Type);
        }

        string keyword = ReferenceEquals(places, items) ? "items" : "prefixItems";
        List<NotedType> elements = Children(node, keyword, places);
        string restKeyword = keyword == "items" ? "additionalItems" : "items";
        NotedType? rest = Present(node, restKeyword) is { } after ? Child(node, restKeyword, null, after) : null;
        int needed = Count(node, "minItems") ?? elements.Count;
        notes.Add(TypeNotes.OfParts(elements.Select((element, i) => (string.Create(CultureInfo.InvariantCulture, $"[{i}]"), element.Notes))
            .Append(("rest", rest?.Notes ?? TypeNotes.None))));
        return new SchemaType.Tuple([.. elements.Select((element, i) => (element.Type, i >= needed))], rest?.Type == SchemaType.Never ? null : rest?.Type);
    }

    static JsonValue? Present(SchemaNode node, string keyword) => node.Schema[keyword] is { Kind: not JsonValueKind.Null } value ? value : null;

    static int? Count(SchemaNode node, string keyword) =>
        Present(node, keyword) is { } count ? (int)Math.Min(NoteReader.CountOf(node, keyword, count), int.MaxValue) : null;
}
