using System.Globalization;
using System.Text.Json;

namespace Chorale.Agents;

/// <summary>
/// Whether arguments are what a function takes, as far as its schema says so plainly: types, required properties, listed values. What it does not understand it lets pass: the function
/// has the last word.
/// </summary>
static class ArgumentCheck
{
    /// <summary>Deeper than this nothing is looked at.</summary>
    const int MaxDepth = 32;

    /// <summary>The first thing that is wrong, for the model; null where nothing is.</summary>
    public static string? Find(JsonElement arguments, JsonElement schema) => Find(arguments, schema, "", 0);

    static string? Find(JsonElement value, JsonElement schema, string path, int depth)
    {
        if (depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
            return null;
        if (schema.TryGetProperty("type", out JsonElement type) && !HasType(value, type))
            return $"{Place(path)} is {Describe(value)}, expected {TypeNames(type)}";
        if (schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            return $"{Place(path)} is {Describe(value)}, expected one of {values.GetRawText()}";
        return value.ValueKind switch
        {
            JsonValueKind.Object => FindInObject(value, schema, path, depth),
            JsonValueKind.Array when schema.TryGetProperty("items", out JsonElement items) => value.EnumerateArray()
                .Select((item, i) => Find(item, items, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), depth + 1)).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    static string? FindInObject(JsonElement value, JsonElement schema, string path, int depth)
    {
        if (schema.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement name in required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String))
            {
                if (!value.TryGetProperty(name.GetString()!, out _))
                    return $"{Place(Join(path, name.GetString()!))} is missing";
            }
        }
        if (!schema.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out JsonElement expected) && Find(property.Value, expected, Join(path, property.Name), depth + 1) is { } problem)
                return problem;
        }
        return null;
    }

    static bool HasType(JsonElement value, JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => HasType(value, type.GetString()!),
        JsonValueKind.Array => type.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String || HasType(value, one.GetString()!)),
        _ => true,
    };

    static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && Math.Floor(number) == number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    static string TypeNames(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", type.EnumerateArray().Select(one => TypeName(one.ToString())))
        : TypeName(type.ToString());

    static string TypeName(string type) => type switch
    {
        "object" or "array" or "integer" => $"an {type}",
        "null" => type,
        _ => $"a {type}",
    };

    static string Describe(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    static string Place(string path) => path.Length == 0 ? "the whole" : path;

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
