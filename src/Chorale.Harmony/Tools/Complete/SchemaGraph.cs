using System.Globalization;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// All schemas that a document's root leads to, through keywords and references, and which of them must be named types for the whole
/// to be finite and no longer than a multiple of the document. Nothing here recurses, so that no chain of references is too long.
/// </summary>
sealed class SchemaGraph
{
    /// <summary>From this many schemas inside it on, one that is referred to is named, which bounds the depth of what is written.</summary>
    const int TallestInline = 32;

    readonly Dictionary<JsonValue, SchemaNode> _nodes = [];
    readonly List<SchemaNode> _unread = [];
    readonly SchemaReferences _references;
    readonly string _rootName;

    SchemaGraph(JsonValue root, string rootName)
    {
        _rootName = rootName;
        SchemaResource document = SchemaResource.Document(root);
        _references = new(document);
        Root = new(root, document, null, "$") { Uses = 1 };
        _nodes.Add(root, Root);
        _unread.Add(Root);
    }

    /// <summary>The document itself.</summary>
    public SchemaNode Root { get; }

    /// <summary>The node of a schema that <see cref="Root"/> leads to.</summary>
    public SchemaNode this[JsonValue schema] => _nodes[schema];

    /// <summary>Reads a document.</summary>
    /// <param name="root">An object.</param>
    /// <param name="rootName">What to call the root where it refers to itself.</param>
    /// <exception cref="SchemaException">A reference that leads nowhere, or in a circle.</exception>
    public static SchemaGraph Read(JsonValue root, string rootName)
    {
        SchemaGraph graph = new(root, rootName);
        while (graph._unread.Count > 0)
        {
            SchemaNode node = graph._unread[^1];
            graph._unread.RemoveAt(graph._unread.Count - 1);
            graph.Link(node);
        }
        graph.NameCircles();
        graph.NameShared();
        return graph;
    }

    void Link(SchemaNode node)
    {
        foreach ((string keyword, JsonValue value) in node.Schema.Members ?? [])
        {
            switch (keyword)
            {
                case "$ref" or "$dynamicRef" or "$recursiveRef":
                    Refer(node, keyword, value);
                    break;
                case "items" or "prefixItems" or "allOf" or "anyOf" or "oneOf" when value.Items is { } schemas:
                    for (int i = 0; i < schemas.Count; i++)
                        Add(node, keyword, i.ToString(CultureInfo.InvariantCulture), schemas[i]);
                    break;
                case "properties" or "patternProperties" or "dependentSchemas" or "dependencies" when value.Members is { } schemas:
                    foreach ((string key, JsonValue schema) in schemas)
                        Add(node, keyword, key, schema);
                    break;
                case "items" or "additionalItems" or "unevaluatedItems" or "contains" or "additionalProperties" or "unevaluatedProperties" or "propertyNames"
                    or "not" or "if" or "then" or "else" or "contentSchema":
                    Add(node, keyword, null, value);
                    break;
            }
        }
    }

    void Add(SchemaNode parent, string keyword, string? key, JsonValue schema)
    {
        if (schema.Kind != JsonValueKind.Object)
            return;   // a boolean leads nowhere; anything else is the reader's to refuse
        if (!_nodes.TryGetValue(schema, out SchemaNode? node))
        {
            SchemaResource resource = parent.Resource;
            if (schema["$id"] is { } id)
                resource = resource.Around(schema, id, $"{parent.Path}{SchemaNode.Step(keyword)}{(key is null ? "" : SchemaNode.Step(key))}");
            node = new(schema, resource, parent, keyword, key);
            _nodes.Add(schema, node);
            _unread.Add(node);
        }
        node.Uses++;
        parent.Successors.Add(node);
    }

    void Refer(SchemaNode node, string keyword, JsonValue value)
    {
        if (value.Kind == JsonValueKind.Null)
            return;
        if (value.AsString is not { } reference)
            throw node.Unexpected(keyword, null, value, "a reference");
        (JsonValue schema, string path, SchemaResource resource, string? name) = _references.Find(node, keyword, reference);
        if (schema.Kind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
            throw node.Error(keyword, $"{JsonLiteral.Of(reference)} leads to {SchemaNode.Describe(schema)}, expected a schema");
        if (!_nodes.TryGetValue(schema, out SchemaNode? target))
        {
            target = new(schema, resource, null, path);
            _nodes.Add(schema, target);
            _unread.Add(target);
        }
        target.Name ??= name ?? NameOfRoot(schema);
        target.Uses++;
        node.References.Add((keyword, target));
        node.Successors.Add(target);
    }

    string NameOfRoot(JsonValue schema) => schema["title"]?.AsString is { Length: > 0 } title ? title : _rootName;

    /// <summary>
    /// Names what takes part in a circle and is referred to from within it. The components of the graph are found without recursion
    /// (Tarjan 1972).
    /// </summary>
    void NameCircles()
    {
        Dictionary<SchemaNode, (int Index, int Low)> found = [];
        Stack<(SchemaNode Node, int Next)> path = new();
        Stack<SchemaNode> open = new();
        HashSet<SchemaNode> isOpen = [];
        path.Push((Root, 0));
        while (path.TryPop(out (SchemaNode Node, int Next) step))
        {
            (SchemaNode node, int next) = step;
            if (next == 0)
            {
                found[node] = (found.Count, found.Count);
                open.Push(node);
                isOpen.Add(node);
            }
            else
            {
                Lower(node, found[node.Successors[next - 1]].Low, node.Successors[next - 1]);
            }
            for (; next < node.Successors.Count && found.TryGetValue(node.Successors[next], out (int Index, int Low) seen); next++)
                Lower(node, seen.Index, node.Successors[next]);
            if (next < node.Successors.Count)
            {
                path.Push((node, next + 1));
                path.Push((node.Successors[next], 0));
            }
            else if (found[node].Low == found[node].Index)
            {
                NameWithin(Component(node, open, isOpen));
            }
        }

        void Lower(SchemaNode node, int low, SchemaNode successor)
        {
            (int index, int own) = found[node];
            if (low < own && isOpen.Contains(successor))
                found[node] = (index, low);
        }
    }

    static HashSet<SchemaNode> Component(SchemaNode last, Stack<SchemaNode> open, HashSet<SchemaNode> isOpen)
    {
        HashSet<SchemaNode> component = [];
        SchemaNode node;
        do
        {
            node = open.Pop();
            isOpen.Remove(node);
            component.Add(node);
        }
        while (node != last);
        return component;
    }

    static void NameWithin(HashSet<SchemaNode> component)
    {
        foreach (SchemaNode member in component)
            foreach ((_, SchemaNode target) in member.References)
                target.IsNamed |= component.Contains(target);   // a component of one is a circle only where it refers to itself
    }

    /// <summary>
    /// Names what is used more than once and not small, and what is too tall. Without the named ones the graph has no circle, so each
    /// schema is decided on after all that it leads to.
    /// </summary>
    void NameShared()
    {
        HashSet<SchemaNode> seen = [];
        Stack<(SchemaNode Node, bool IsDone)> path = new();
        foreach (SchemaNode start in _nodes.Values)
        {
            path.Push((start, false));
            while (path.TryPop(out (SchemaNode Node, bool IsDone) step))
            {
                SchemaNode node = step.Node;
                if (step.IsDone)
                {
                    Decide(node);
                }
                else if (seen.Add(node))
                {
                    path.Push((node, true));
                    foreach (SchemaNode inner in node.Successors)
                        if (!inner.IsNamed)
                            path.Push((inner, false));
                }
            }
        }
    }

    static void Decide(SchemaNode node)
    {
        foreach (SchemaNode inner in node.Successors)
            node.Height = Math.Max(node.Height, inner.IsNamed ? 0 : inner.Height + 1);
        if (node.Name is not null)
            node.IsNamed |= node.Height > TallestInline || (node.Uses > 1 && !IsSmall(node));
    }

    /// <summary>Whether a schema is shorter than a name and a declaration would be: no schema in it, a few words.</summary>
    static bool IsSmall(SchemaNode node)
    {
        const int most = 160;
        int size = 0;
        return node.Successors.Count == 0 && Fits(node.Schema, ref size) && size <= most;

        static bool Fits(JsonValue value, ref int size)
        {
            size += 1 + (value.Text?.Length ?? 0);
            foreach (JsonValue item in value.Items ?? [])
                if (size > most || !Fits(item, ref size))
                    return false;
            foreach ((string key, JsonValue member) in value.Members ?? [])
            {
                size += key.Length;
                if (size > most || !Fits(member, ref size))
                    return false;
            }
            return size <= most;
        }
    }
}
