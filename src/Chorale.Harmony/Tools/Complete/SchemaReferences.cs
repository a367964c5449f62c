using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Follows references within a document: JSON pointers to anywhere in it (<c>#/$defs/a</c>, RFC 6901), <c>#</c>, anchors, and the
/// <c>$id</c> of an embedded document, whole or with a fragment. Nothing is ever fetched.
/// </summary>
sealed class SchemaReferences(SchemaResource document)
{
    /// <summary>Objects of more members than this are looked up through a dictionary.</summary>
    const int FewMembers = 8;

    readonly Dictionary<JsonValue, Dictionary<string, JsonValue>> _members = [];
    Dictionary<string, Target>? _anchors;
    Dictionary<Uri, SchemaResource>? _resources;

    /// <summary>What a reference leads to.</summary>
    /// <param name="Schema">The value there, of any kind.</param>
    /// <param name="Path">Where it stands, from <c>$</c>.</param>
    /// <param name="Resource">What it belongs to.</param>
    /// <param name="Name">The name that the reference calls it by; null where it has none.</param>
    public readonly record struct Target(JsonValue Schema, string Path, SchemaResource Resource, string? Name);

    /// <summary>Follows one.</summary>
    /// <exception cref="SchemaException">It leads nowhere, or out of the document.</exception>
    public Target Find(SchemaNode from, string keyword, string reference)
    {
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string address = hash < 0 ? reference : reference[..hash];
        string fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        SchemaResource resource = from.Resource;
        if (address.Length > 0)
        {
            resource = FindResource(resource, address)
                ?? throw from.Error(keyword, $"{JsonLiteral.Of(reference)} is not part of this schema, expected a reference into it, such as \"#/$defs/name\"");
        }

        Target? target = fragment.Length == 0 ? new Target(resource.Root, resource.Path, resource, address.Length > 0 ? LastStep(address) : null)
            : fragment[0] == '/' ? FollowPointer(resource, fragment) ?? FollowPointer(document, fragment)
            : FindAnchor(resource, fragment);
        return target ?? throw from.Error(keyword, $"{JsonLiteral.Of(reference)} leads nowhere, expected the place of a schema");
    }

    static string LastStep(string address)
    {
        string last = address[(address.TrimEnd('/').LastIndexOfAny(['/', ':']) + 1)..];
        int dot = last.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? last[..dot] : last;
    }

    Target? FollowPointer(SchemaResource resource, string pointer)
    {
        JsonValue value = resource.Root;
        StringBuilder path = new(resource.Path);
        string? name = null;
        string? above = null;
        foreach (string escaped in pointer[1..].Split('/'))
        {
            string key = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Step(value, key) is not { } next)
                return null;
            value = next;
            path.Append(SchemaNode.Step(key));
            if (above is "$defs" or "definitions" or "schemas")
                name = key;
            else if (above is "properties" or "patternProperties" && key.Length > 0)
                name = char.ToUpperInvariant(key[0]) + key[1..];
            above = key;
            if (Step(value, "$id") is { } id)
                resource = resource.Around(value, id, path.ToString());
        }
        return new(value, path.ToString(), resource, name);
    }

    JsonValue? Step(JsonValue value, string key)
    {
        if (value.Items is { } items)
            return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < items.Count ? items[index] : null;
        if (value.Members is not { Count: > FewMembers } members)
            return value[key];
        if (!_members.TryGetValue(value, out Dictionary<string, JsonValue>? byKey))
        {
            byKey = members.ToDictionary(StringComparer.Ordinal);
            _members.Add(value, byKey);
        }
        return byKey.GetValueOrDefault(key);
    }

    SchemaResource? FindResource(SchemaResource around, string address)
    {
        Index();
        return Uri.TryCreate(around.Base, address, out Uri? absolute) ? _resources!.GetValueOrDefault(absolute) : null;
    }

    /// <summary>An anchor of this resource, or else of any other in the document.</summary>
    Target? FindAnchor(SchemaResource resource, string name)
    {
        Index();
        return _anchors!.TryGetValue($"{resource.Base}#{name}", out Target target) || _anchors.TryGetValue($"#{name}", out target) ? target : null;
    }

    /// <summary>Finds all anchors and embedded documents, wherever they stand; at the first reference that needs them.</summary>
    void Index()
    {
        if (_anchors is not null)
            return;
        _anchors = new(StringComparer.Ordinal);
        _resources = new() { [document.Base] = document };
        Index(document.Root, "$", document);
    }

    // The document nests 118 levels at most, and so does this.
    void Index(JsonValue value, string path, SchemaResource resource)
    {
        resource = resource.Around(value, value["$id"], path);
        _resources!.TryAdd(resource.Base, resource);
        foreach ((string key, JsonValue member) in value.Members ?? [])
        {
            if (member.AsString is not { } text)
                Index(member, path + SchemaNode.Step(key), resource);
            else if (key is "$anchor" or "$dynamicAnchor")
                AddAnchor(value, path, resource, text);
            else if (key is "$id" or "id" && text.StartsWith('#'))
                AddAnchor(value, path, resource, text[1..]);
        }
        for (int i = 0; i < (value.Items?.Count ?? 0); i++)
            Index(value.Items![i], $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", resource);
    }

    void AddAnchor(JsonValue schema, string path, SchemaResource resource, string name)
    {
        Target target = new(schema, path, resource, name);
        _anchors!.TryAdd($"{resource.Base}#{name}", target);
        _anchors.TryAdd($"#{name}", target);
    }
}
