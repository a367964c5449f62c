using System.Globalization;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>A schema document: its tree of nodes, and what references in it lead to. Nothing is ever fetched.</summary>
sealed class SchemaDocument
{
    static readonly Uri Nameless = new("schema:///");

    readonly bool _isLenient;
    Dictionary<Uri, SchemaNode>? _resources;
    Dictionary<(SchemaNode Resource, string Name), SchemaNode>? _anchors;
    Dictionary<string, List<SchemaNode>>? _dynamicAnchors;
    List<SchemaNode>? _recursiveAnchors;

    /// <summary>Takes a document.</summary>
    /// <exception cref="JsonSchemaException">It is no schema.</exception>
    public SchemaDocument(JsonElement root, bool isLenient)
    {
        _isLenient = isLenient;
        Root = SchemaNode.Root(this, root);
        if (!Root.IsSchema)
            throw Root.Error("", $"{SchemaNode.Describe(root)} is no schema, expected an object or a boolean");
        Dialect = DialectOf(Root);
        string? id = Root.Text(IsDraft4 ? "id" : "$id");
        Resource = new(Root, id is { Length: > 0 } && Uri.TryCreate(Nameless, id, out Uri? address) ? WithoutFragment(address) : Nameless);
    }

    public SchemaNode Root { get; }

    public SchemaDialect Dialect { get; }

    public bool IsDraft4 => Dialect == SchemaDialect.Draft4;

    /// <summary>The document as a resource.</summary>
    public SchemaResource Resource { get; }

    /// <summary>What could not be enforced and was left out, on request.</summary>
    public List<JsonSchemaException> Ignored { get; } = [];

    /// <summary>Throws what cannot be enforced, or lists it where that was asked for.</summary>
    public void Refuse(JsonSchemaException exception)
    {
        if (!_isLenient)
            throw exception;
        if (!Ignored.Exists(known => known.Message == exception.Message))
            Ignored.Add(exception);
    }

    /// <summary>What a reference leads to.</summary>
    /// <exception cref="JsonSchemaException">It leads nowhere, or out of the document.</exception>
    public SchemaNode Find(SchemaNode from, string keyword, string reference)
    {
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string address = hash < 0 ? reference : reference[..hash];
        string fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        SchemaNode? around = address.Length == 0 ? from.Resource.Root : FindResource(from.Resource, address);
        if (around is null)
            throw from.Error(keyword, $"{JsonText.Quote(reference)} is outside of this document, and nothing is fetched; expected a reference into it, such as \"#/$defs/name\"");
        SchemaNode? target = fragment.Length == 0 ? around
            : fragment[0] == '/' ? Follow(around, fragment) ?? (address.Length == 0 ? Follow(Root, fragment) : null)
            : FindAnchor(around, fragment);
        if (target is null)
            throw from.Error(keyword, $"{JsonText.Quote(reference)} leads nowhere in this document");
        if (!target.IsSchema)
            throw from.Error(keyword, $"{JsonText.Quote(reference)} leads to {SchemaNode.Describe(target.Value)}, expected a schema");
        return target;
    }

    /// <summary>What a <c>$dynamicRef</c> leads to, where that is the same from wherever one comes.</summary>
    public SchemaNode FindDynamic(SchemaNode from, string reference)
    {
        const string keyword = "$dynamicRef";
        SchemaNode target = Find(from, keyword, reference);
        string name = reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..];
        if (target.Text("$dynamicAnchor") != name)
            return target;
        Index();
        return _dynamicAnchors![name].Count == 1 ? target
            : throw from.Error(keyword, $"{JsonText.Quote(reference)} may lead to more than one place, since '$dynamicAnchor' {JsonText.Quote(name)} stands in more than one");
    }

    /// <summary>What a <c>$recursiveRef</c> leads to, where that is the same from wherever one comes.</summary>
    public SchemaNode FindRecursive(SchemaNode from, string reference)
    {
        const string keyword = "$recursiveRef";
        SchemaNode target = Find(from, keyword, reference);
        Index();
        return !IsRecursiveAnchor(target) || _recursiveAnchors!.Count == 1 ? target
            : throw from.Error(keyword, $"{JsonText.Quote(reference)} may lead to more than one place, since '$recursiveAnchor' stands in more than one");
    }

    static bool IsRecursiveAnchor(SchemaNode node) => node.Members.TryGetValue("$recursiveAnchor", out SchemaNode? flag) && flag.Kind == JsonValueKind.True;

    static SchemaDialect DialectOf(SchemaNode root)
    {
        if (!root.Members.TryGetValue("$schema", out SchemaNode? schema))
            return SchemaDialect.Draft202012;
        if (schema.Kind != JsonValueKind.String)
            throw root.Error("$schema", $"{SchemaNode.Describe(schema.Value)} is no address");
        string address = JsonText.Value(schema.Value);
        return address.Contains("draft-04", StringComparison.Ordinal) || address.Contains("draft-03", StringComparison.Ordinal) ? SchemaDialect.Draft4
            : address.Contains("draft-06", StringComparison.Ordinal) ? SchemaDialect.Draft6
            : address.Contains("draft-07", StringComparison.Ordinal) ? SchemaDialect.Draft7
            : address.Contains("2019-09", StringComparison.Ordinal) ? SchemaDialect.Draft201909
            : SchemaDialect.Draft202012;
    }

    static Uri WithoutFragment(Uri address) => address.Fragment.Length == 0 ? address : new UriBuilder(address) { Fragment = "" }.Uri;

    static SchemaNode? Follow(SchemaNode node, string pointer)
    {
        foreach (string escaped in pointer[1..].Split('/'))
        {
            string step = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            SchemaNode? next;
            if (node.Kind == JsonValueKind.Array)
                next = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < node.Items.Length ? node.Items[index] : null;
            else
                node.Members.TryGetValue(step, out next);
            if (next is null)
                return null;
            node = next;
        }
        return node;
    }

    SchemaNode? FindResource(SchemaResource around, string address)
    {
        if (!Uri.TryCreate(around.Base, address, out Uri? absolute))
            return null;
        Index();
        return _resources!.GetValueOrDefault(absolute);
    }

    SchemaNode? FindAnchor(SchemaNode resource, string name)
    {
        Index();
        return _anchors!.GetValueOrDefault((resource, name));
    }

    /// <summary>Finds all anchors and embedded documents; at the first reference that needs them.</summary>
    void Index()
    {
        if (_resources is not null)
            return;
        _resources = new() { [Resource.Base] = Root };
        _anchors = [];
        _dynamicAnchors = new(StringComparer.Ordinal);
        _recursiveAnchors = [];
        Stack<SchemaNode> open = new([Root]);
        while (open.TryPop(out SchemaNode? node))
        {
            foreach (SchemaNode item in node.Items)
                open.Push(item);
            if (node.Kind != JsonValueKind.Object)
                continue;
            Index(node);
            foreach ((string name, SchemaNode member) in node.Members)
            {
                if (name is not ("enum" or "const" or "default" or "examples" or "example") && member.Kind is JsonValueKind.Object or JsonValueKind.Array)
                    open.Push(member);
            }
        }
    }

    void Index(SchemaNode node)
    {
        SchemaResource resource = node.Resource;
        if (ReferenceEquals(resource.Root, node))
            _resources!.TryAdd(WithoutFragment(resource.Base), node);
        foreach (string keyword in (ReadOnlySpan<string>)["$anchor", "$dynamicAnchor"])
        {
            if (node.Text(keyword) is { } name)
                _anchors!.TryAdd((resource.Root, name), node);
        }
        if (node.Text("$dynamicAnchor") is { } dynamic)
        {
            if (!_dynamicAnchors!.TryGetValue(dynamic, out List<SchemaNode>? nodes))
            {
                nodes = [];
                _dynamicAnchors.Add(dynamic, nodes);
            }
            nodes.Add(node);
        }
        if (node.Text(IsDraft4 ? "id" : "$id") is ['#', .. { Length: > 0 } anchor])
            _anchors!.TryAdd((resource.Root, anchor), node);
        if (IsRecursiveAnchor(node))
            _recursiveAnchors!.Add(node);
    }
}
