using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Schemas in the style <see cref="SchemaStyle.Complete"/>: read as a graph, so that what is shared or refers to itself gets a name; then
/// as types; then written. Cost and length are linear in the schema.
/// </summary>
static class CompleteTypeScript
{
    /// <summary>The parameters of a function: the official text where that has no <c>any</c>.</summary>
    /// <exception cref="SchemaException">The schema cannot be read.</exception>
    public static CompiledType Parameters(JsonSchema schema) => SaysAny(schema.Root)
        ? Compile(schema.Root, "Parameters", isResult: false)
        : new(new(schema.OfficialTypeScript, []), null, []);

    /// <summary>The result of a function, which the official text never has; what is said of all of it becomes comments.</summary>
    /// <exception cref="SchemaException">The schema cannot be read.</exception>
    public static CompiledType Result(JsonSchema schema) => Compile(schema.Root, "Result", isResult: true);

    static CompiledType Compile(JsonValue root, string rootName, bool isResult)
    {
        List<SchemaNode> declared = [];
        TypePrinter printer = new(declared);
        if (root.Kind is JsonValueKind.True or JsonValueKind.False)
            return new(printer.Whole(new(root.Kind == JsonValueKind.True ? SchemaType.Any : SchemaType.Never)), null, []);
        if (root.Kind != JsonValueKind.Object)
            throw new SchemaException("The schema", "$", $"found {SchemaNode.Describe(root)}, expected a schema: an object, true or false");

        SchemaGraph graph = SchemaGraph.Read(root, rootName);
        SchemaReader reader = new(graph);
        NotedType type = reader.Read(graph.Root);
        TypeText? comments = isResult ? printer.Comments(TypeNotes.OfParts([("Returns", type.Notes)])) : null;
        TypeText whole = printer.Whole(isResult ? new(type.Type) : type);
        List<(string, TypeText)> declarations = [];
        Dictionary<SchemaNode, SchemaNode> aliases = [];
        for (int i = 0; i < declared.Count; i++)   // each may mention more
        {
            NotedType body = reader.ReadBody(declared[i]);
            if (body.Type is SchemaType.Named same)
                aliases.Add(declared[i], same.Declared);
            declarations.Add((Identifier.TypeName(declared[i].Name!), printer.Declaration(declared[i], body)));
        }
        RefuseCircles(aliases);
        return new(whole, comments is { IsEmpty: false } ? comments : null, declarations);
    }

    /// <summary>A type that is only another name of another may not come back to itself: nothing would be said.</summary>
    static void RefuseCircles(Dictionary<SchemaNode, SchemaNode> aliases)
    {
        HashSet<SchemaNode> done = [];
        foreach (SchemaNode start in aliases.Keys)
        {
            HashSet<SchemaNode> path = [];
            for (SchemaNode? node = start; node is not null && !done.Contains(node); node = aliases.GetValueOrDefault(node))
                if (!path.Add(node))
                    throw new SchemaException("The schema", node.Path, "found a reference that only leads back to itself, expected a schema at its end");
            done.UnionWith(path);
        }
    }

    /// <summary>
    /// Whether the official text has the type <c>any</c>, as <see cref="TypeScript.Official"/> decides it: not where a name, a
    /// value or a comment says "any".
    /// </summary>
    public static bool SaysAny(JsonValue schema)
    {
        if (schema["oneOf"]?.Items is { } variants)
            return variants.Exists(SaysAny);
        JsonValue? type = schema["type"];
        if (type?.Items is { } types && types.Exists(one => one.AsString is not null))
            return types.Exists(one => one.AsString == "any");
        return type?.AsString switch
        {
            "object" => schema["properties"]?.Members?.Exists(property => SaysAny(property.Value)) ?? false,
            "string" or "number" or "integer" or "boolean" => false,
            "array" => schema["items"] is not { } items || SaysAny(items),
            _ => true,
        };
    }
}
