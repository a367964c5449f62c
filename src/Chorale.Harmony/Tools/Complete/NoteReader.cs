using System.Globalization;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>Reads what a schema says that is no part of a type.</summary>
/// <param name="reader">Reads the schemas that conditions are made of.</param>
/// <param name="node">The schema.</param>
sealed class NoteReader(SchemaReader reader, SchemaNode node)
{
    readonly List<Note> _limits = [];

    /// <summary>Reads them.</summary>
    /// <exception cref="SchemaException">A limit of the wrong kind, or a condition that is no schema.</exception>
    public TypeNotes Read()
    {
        string? title = null, description = null, fallback = null;
        IReadOnlyList<string> examples = [];
        foreach ((string keyword, JsonValue value) in node.Schema.Members!)
        {
            switch (keyword)
            {
                case "title":
                    title = Words(value);
                    break;
                case "description":
                    description = Words(value);
                    break;
                case "default":
                    fallback = Default(value);
                    break;
                case "examples" when value.Items is { } all:
                    examples = [.. all.Select(JsonLiteral.Json)];
                    break;
                case "example" when examples.Count == 0:
                    examples = [JsonLiteral.Json(value)];
                    break;
                default:
                    if (value.Kind != JsonValueKind.Null)
                        Limit(keyword, value);
                    break;
            }
        }
        return title is null && description is null && fallback is null && examples.Count + _limits.Count == 0 ? TypeNotes.None
            : new() { Title = title, Description = description, Examples = examples, Limits = _limits, Default = fallback };
    }

    /// <summary>A number of things: whole and not negative.</summary>
    /// <exception cref="SchemaException">It is anything else.</exception>
    public static long CountOf(SchemaNode node, string keyword, JsonValue value) =>
        value.Kind == JsonValueKind.Number && double.Parse(value.Text!, CultureInfo.InvariantCulture) is >= 0 and var count && double.IsInteger(count)
            ? (long)Math.Min(count, long.MaxValue) : throw node.Unexpected(keyword, null, value, "a whole number from 0");

    static string? Words(JsonValue value) => string.IsNullOrWhiteSpace(value.AsString) ? null : value.AsString;

    /// <summary>A string is quoted, beside an enum it is bare, as the official style does.</summary>
    string Default(JsonValue value) =>
        value.AsString is { } text && node.Schema["enum"]?.Items is { Count: > 0 } ? JsonLiteral.Plain(text) : JsonLiteral.Json(value);

    void Limit(string keyword, JsonValue value)
    {
        switch (keyword)
        {
            case "format" or "pattern" or "contentEncoding" or "contentMediaType":
                Add($"{keyword}: {JsonLiteral.Plain(value.AsString ?? throw node.Unexpected(keyword, null, value, "a string"))}");
                break;
            case "minItems" or "maxItems" when node.Places is { } places && CountOf(node, keyword, value) is var count && (count == places.Count || (count < places.Count && keyword == "minItems")):
                break;   // the places of the list say it
            case "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties" or "minContains" or "maxContains":
                CountOf(node, keyword, value);
                Add($"{keyword}: {value.Text}");
                break;
            case "minimum" or "maximum" or "multipleOf" or "exclusiveMinimum" or "exclusiveMaximum":
                Number(keyword, value);
                break;
            case "uniqueItems" or "deprecated" or "readOnly" or "writeOnly":
                if (value.Kind == JsonValueKind.True)
                    Add(keyword);
                else if (value.Kind != JsonValueKind.False && keyword == "uniqueItems")
                    throw node.Unexpected(keyword, null, value, "true or false");
                break;
            case "contains" or "not" or "contentSchema":
                Add($"{keyword}: ", reader.Child(node, keyword, null, value));
                break;
            case "if":
                Condition(value);
                break;
            case "dependentRequired" or "dependentSchemas" or "dependencies":
                foreach ((string name, JsonValue needs) in value.Members ?? throw node.Unexpected(keyword, null, value, "an object"))
                    Dependency(keyword, name, needs);
                break;
            case "discriminator" when value["propertyName"]?.AsString is { } name:
                Add($"discriminator: {JsonLiteral.Plain(name)}");
                break;
        }
    }

    void Number(string keyword, JsonValue value)
    {
        if (value.Kind == JsonValueKind.Number && (keyword != "multipleOf" || double.Parse(value.Text!, CultureInfo.InvariantCulture) > 0))
            Add($"{keyword}: {value.Text}");
        else if (value.Kind == JsonValueKind.True && keyword.StartsWith("exclusive", StringComparison.Ordinal))
            Add(keyword);   // draft 4: the minimum or maximum itself is excluded
        else if (value.Kind != JsonValueKind.False || !keyword.StartsWith("exclusive", StringComparison.Ordinal))
            throw node.Unexpected(keyword, null, value, keyword == "multipleOf" ? "a number above 0" : "a number");
    }

    void Condition(JsonValue condition)
    {
        Note? otherwise = Branch("else", " else ");
        Note? then = Branch("then", " then ");
        if (then is null && otherwise is null)
            return;
        Note? consequences = then is null ? otherwise : then with { Next = otherwise };
        _limits.Add(new("if ", reader.Child(node, "if", null, condition)) { Next = consequences });

        Note? Branch(string keyword, string words) => node.Schema[keyword] is { Kind: not JsonValueKind.Null } branch
            ? new(words, reader.Child(node, keyword, null, branch)) : null;
    }

    void Dependency(string keyword, string name, JsonValue needs)
    {
        string start = $"{JsonLiteral.Key(name)} requires ";
        if (needs.Items is { } names && keyword != "dependentSchemas")
        {
            if (names.Find(one => one.AsString is null) is { } other)
                throw node.Unexpected(keyword, name, other, "a list of names");
            if (names.Count > 0)
                Add($"{start}{string.Join(" and ", names.Select(one => JsonLiteral.Key(one.Text!)))}");
        }
        else if (keyword == "dependentRequired")
        {
            throw node.Unexpected(keyword, name, needs, "a list of names");
        }
        else
        {
            Add(start, reader.Child(node, keyword, name, needs));
        }
    }

    void Add(string text, NotedType? type = null) => _limits.Add(new(text, type));
}
