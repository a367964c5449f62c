using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>A schema that is an object, at its place in the document. <see cref="SchemaGraph"/> finds and links them.</summary>
/// <param name="schema">The object.</param>
/// <param name="resource">The document or embedded document (<c>$id</c>) it belongs to.</param>
/// <param name="parent">The schema it stands in; null for a root and for what only a reference leads to.</param>
/// <param name="place">The keyword it stands under; its whole path where there is no parent.</param>
/// <param name="key">The key or index under that keyword; null where there is none.</param>
sealed class SchemaNode(JsonValue schema, SchemaResource resource, SchemaNode? parent, string place, string? key = null)
{
    const int ShownLength = 80;

    readonly SchemaNode? _parent = parent;

    public JsonValue Schema { get; } = schema;

    public SchemaResource Resource { get; } = resource;

    /// <summary>What it refers to, by <c>$ref</c> or its kin.</summary>
    public List<(string Keyword, SchemaNode Target)> References { get; } = [];

    /// <summary>The schemas inside it and those it refers to.</summary>
    public List<SchemaNode> Successors { get; } = [];

    /// <summary>The name that a reference suggests; null where none refers to it.</summary>
    public string? Name { get; set; }

    /// <summary>How often it would be written if it were not named: in its own place and for each reference.</summary>
    public int Uses { get; set; }

    /// <summary>Whether it is declared once, by name, instead of being written where it is used.</summary>
    public bool IsNamed { get; set; }

    /// <summary>How many schemas it nests, named ones not counted.</summary>
    public int Height { get; set; }

    /// <summary>The schemas of a list's places, where it has any: <c>prefixItems</c>, or <c>items</c> as a list.</summary>
    public List<JsonValue>? Places => Schema["prefixItems"]?.Items ?? Schema["items"]?.Items;

    /// <summary>Where it stands, from <c>$</c>.</summary>
    public string Path
    {
        get
        {
            Stack<string> steps = new();
            SchemaNode node = this;
            for (; node._parent is { } above; node = above)
                steps.Push(node.LastStep);
            return node.LastStep + string.Concat(steps);
        }
    }

    string LastStep => _parent is null ? place : Step(place) + (key is null ? "" : Step(key));

    /// <summary>A step of a path: <c>.city</c>, <c>[0]</c>, <c>["a b"]</c>.</summary>
    public static string Step(string key) =>
        key.Length > 0 && key.All(char.IsAsciiDigit) ? $"[{key}]"
        : Identifier.IsValid(key) ? $".{key}"
        : $"[{JsonLiteral.Of(key)}]";

    /// <summary>What a value is, in the words of an error.</summary>
    public static string Describe(JsonValue? value) => value?.Kind switch
    {
        null => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => value.Items!.Count == 0 ? "an empty list" : "a list",
        JsonValueKind.String when value.Text is { Length: > ShownLength } text => $"{JsonLiteral.Of(text[..ShownLength])}…",
        JsonValueKind.String => JsonLiteral.Of(value.Text!),
        JsonValueKind.Number => $"the number {value.Text}",
        _ => value.Text!,
    };

    /// <summary>An error at a keyword of this schema.</summary>
    public SchemaException Error(string keyword, string problem) => Error(keyword, null, problem);

    /// <summary>An error at a key or index under a keyword of this schema.</summary>
    public SchemaException Error(string keyword, string? key, string problem) =>
        new("The schema", $"{Path}{Step(keyword)}{(key is null ? "" : Step(key))}", problem);

    /// <summary>An error at a value that should be something else.</summary>
    public SchemaException Unexpected(string keyword, string? key, JsonValue? found, string expected) =>
        Error(keyword, key, $"found {Describe(found)}, expected {expected}");
}
