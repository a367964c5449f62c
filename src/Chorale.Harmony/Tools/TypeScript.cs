using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// A JSON Schema as the TypeScript type that the model is shown, as openai-harmony 0.0.8 writes it, byte for byte. The
/// model was trained on this text, so its oddities stay: descriptions are not split into lines, nothing is escaped in
/// names, enum values and string defaults, <c>anyOf</c>, <c>allOf</c>, <c>$ref</c> and <c>const</c> are <c>any</c>.
/// </summary>
static class TypeScript
{
    public static string Official(JsonValue schema)
    {
        StringBuilder output = new();
        Type(schema, "", output);
        return output.ToString();
    }

    static void Type(JsonValue schema, string indent, StringBuilder output)
    {
        if (schema["oneOf"]?.Items is { } variants)
        {
            foreach (JsonValue variant in variants)
            {
                output.Append('\n').Append(indent).Append(" | ");
                NullableType(variant, $"{indent}   ", output);
                AppendComments(output, variant["description"]?.AsString, VariantDefault(variant));
            }
            return;
        }
        JsonValue? type = schema["type"];
        if (type?.Items is { } types && AppendUnion(types, output))
            return;
        switch (type?.AsString)
        {
            case "object":
                Object(schema, indent, output);
                break;
            case "string":
                String(schema, output);
                break;
            case "number" or "integer":
                output.Append("number");
                break;
            case "boolean":
                output.Append("boolean");
                break;
            case "array" when schema["items"] is { } items:
                Type(items, indent, output);
                output.Append("[]");
                break;
            case "array":
                output.Append("Array<any>");
                break;
            default:
                output.Append("any");
                break;
        }
    }

    /// <summary>The type, and <c>| null</c> where the schema is nullable and no "null" stands in the type's text yet.</summary>
    static void NullableType(JsonValue schema, string indent, StringBuilder output)
    {
        int start = output.Length;
        Type(schema, indent, output);
        if (schema["nullable"]?.Kind == JsonValueKind.True && !output.ToString(start, output.Length - start).Contains("null", StringComparison.Ordinal))
            output.Append(" | null");
    }

    static bool AppendUnion(List<JsonValue> types, StringBuilder output)
    {
        bool any = false;
        foreach (JsonValue type in types)
        {
            if (type.AsString is not { } name)
                continue;
            output.Append(any ? " | " : "").Append(name == "integer" ? "number" : name);
            any = true;
        }
        return any;
    }

    static void String(JsonValue schema, StringBuilder output)
    {
        bool any = false;
        foreach (JsonValue value in schema["enum"]?.Items ?? [])
        {
            if (value.AsString is not { } text)
                continue;
            output.Append(any ? " | \"" : "\"").Append(text).Append('"');
            any = true;
        }
        if (!any)
            output.Append("string");
    }

    static void Object(JsonValue schema, string indent, StringBuilder output)
    {
        if (schema["description"]?.AsString is { } description)
            Comment(description, indent, output);
        output.Append("{\n");
        if (schema["properties"]?.Members is { } properties)
        {
            HashSet<string> required = new(StringComparer.Ordinal);
            foreach (JsonValue name in schema["required"]?.Items ?? [])
                if (name.AsString is { } text)
                    required.Add(text);
            foreach ((string name, JsonValue property) in properties)
                Property(name, property, required.Contains(name), indent, output);
        }
        output.Append(indent).Append('}');
    }

    static void Property(string name, JsonValue property, bool isRequired, string indent, StringBuilder output)
    {
        JsonValue? oneOf = property["oneOf"];
        string? description = property["description"]?.AsString;
        if (property["title"]?.AsString is { } title)
            output.Append(indent).Append("// ").Append(title).Append('\n').Append(indent).Append("//\n");
        if (oneOf is null && description is not null)
            Comment(description, indent, output);
        if (property["examples"]?.Items is { Count: > 0 } examples)
            Examples(examples, indent, output);
        string colon = isRequired ? ":" : "?:";
        if (oneOf?.Items is { } variants)
        {
            PropertyVariants($"{name}{colon}", property, description, variants, indent, output);
            return;
        }

        output.Append(indent).Append(name).Append(colon).Append(' ');
        NullableType(property, $"{indent}    ", output);
        output.Append(',');
        if (oneOf is null)
            AppendComments(output, null, PropertyDefault(property));
        output.Append('\n');
    }

    static void PropertyVariants(string nameAndColon, JsonValue property, string? description, List<JsonValue> variants, string indent, StringBuilder output)
    {
        // A description that repeats the first variant's shows nowhere; any other stands above and silences the first variant's.
        bool isAbove = description is not null && (variants.Count == 0 || variants[0]["description"]?.AsString != description);
        if (isAbove)
            Comment(description!, indent, output);
        if (PropertyDefault(property) is { } value)
            Comment(value, indent, output);
        output.Append(indent).Append(nameAndColon).Append('\n');
        for (int i = 0; i < variants.Count; i++)
        {
            JsonValue variant = variants[i];
            output.Append(indent).Append(" | ");
            NullableType(variant, $"{indent}   ", output);
            string? own = variant["description"]?.AsString;
            bool isSilent = (i == 0 && isAbove) || own == description;
            AppendComments(output, isSilent ? null : own, PropertyDefault(variant));
            output.Append('\n');
        }
        output.Append(indent).Append(",\n");
    }

    static void Examples(List<JsonValue> examples, string indent, StringBuilder output)
    {
        Comment("Examples:", indent, output);
        foreach (JsonValue example in examples)
            if (example.AsString is { } text)
                Comment($"- \"{text}\"", indent, output);
    }

    static void Comment(string text, string indent, StringBuilder output) =>
        output.Append(CultureInfo.InvariantCulture, $"{indent}// {text}\n");

    static void AppendComments(StringBuilder output, string? description, string? value)
    {
        if (description is null && value is null)
            return;
        output.Append(" // ").Append(description).Append(description is not null && value is not null ? " " : "").Append(value);
    }

    /// <summary>A string default is quoted but not escaped; with an enum it is bare.</summary>
    static string? PropertyDefault(JsonValue schema) => schema["default"] switch
    {
        null => null,
        { AsString: { } text } => HasEnum(schema) ? $"default: {text}" : $"default: \"{text}\"",
        { } other => $"default: {CompactJson.Write(other)}",
    };

    /// <summary>In a variant outside a property a string default with an enum is a JSON string, escapes and all.</summary>
    static string? VariantDefault(JsonValue schema) => schema["default"] switch
    {
        { AsString: not null } value when HasEnum(schema) => $"default: {CompactJson.Write(value)}",
        _ => PropertyDefault(schema),
    };

    static bool HasEnum(JsonValue schema) => schema["enum"]?.Items is { Count: > 0 };
}
