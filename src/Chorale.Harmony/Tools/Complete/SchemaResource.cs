namespace Chorale.Harmony;

/// <summary>A document, or a schema inside it that has an <c>$id</c>: what a reference's fragment is read from.</summary>
/// <param name="Root">The schema at its top.</param>
/// <param name="Path">Where that stands, from <c>$</c>.</param>
/// <param name="Base">What its relative references are resolved against.</param>
sealed record SchemaResource(JsonValue Root, string Path, Uri Base)
{
    /// <summary>The base of a document that names none.</summary>
    static readonly Uri Nameless = new("schema:///");

    public static SchemaResource Document(JsonValue root) => new(root, "$", BaseOf(root["$id"], Nameless) ?? Nameless);

    /// <summary>The resource that a schema inside this one belongs to: its own where it has an <c>$id</c>.</summary>
    public SchemaResource Around(JsonValue schema, JsonValue? id, string path) =>
        ReferenceEquals(schema, Root) || BaseOf(id, Base) is not { } own ? this : new(schema, path, own);

    static Uri? BaseOf(JsonValue? id, Uri around) =>
        id?.AsString is { Length: > 0 } text && text[0] != '#' && Uri.TryCreate(around, text, out Uri? own) ? own : null;
}
