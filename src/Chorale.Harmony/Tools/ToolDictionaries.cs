using System.Globalization;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Reads functions as the users of chat interfaces write them: OpenAI's Chat form (<c>{"type":"function","function":{…}}</c>), its
/// Responses form (<c>{"type":"function","name":…}</c>), or the bare function; the schemas under the names that are in use.
/// </summary>
static class ToolDictionaries
{
    const string Subject = "The list of tools";

    static readonly string[] ParametersNames = ["parameters", "input_schema", "inputSchema"];
    static readonly string[] ReturnsNames = ["return", "returns", "response", "output_schema", "outputSchema"];

    public static List<ToolDescription> Read(JsonElement tools, List<SkippedTool> skipped)
    {
        if (tools.ValueKind != JsonValueKind.Array)
            throw Wrong("$", "a list of tools", tools);
        List<ToolDescription> functions = [];
        int index = 0;
        foreach (JsonElement tool in tools.EnumerateArray())
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"$[{index}]");
            if (tool.ValueKind != JsonValueKind.Object)
                throw Wrong(path, "a tool", tool);
            string type = OptionalText(tool, "type", path) ?? "function";
            if (type == "function")
                functions.Add(Function(tool, path));
            else
                skipped.Add(new(index, type));
            index++;
        }
        return functions;
    }

    static ToolDescription Function(JsonElement tool, string path)
    {
        if (Present(tool, "function") is { } inner)
        {
            path = $"{path}.function";
            if (inner.ValueKind != JsonValueKind.Object)
                throw Wrong(path, "a function", inner);
            tool = inner;
        }
        string name = OptionalText(tool, "name", path) ?? throw new SchemaException(Subject, $"{path}.name", "found nothing, expected the name of a function");
        return new(name, OptionalText(tool, "description", path) ?? "", Schema(tool, ParametersNames, path)) { Returns = Schema(tool, ReturnsNames, path) };
    }

    static JsonSchema? Schema(JsonElement tool, string[] names, string path)
    {
        foreach (string name in names)
        {
            if (Present(tool, name) is not { } schema)
                continue;
            try
            {
                return JsonSchema.From(schema);
            }
            catch (HarmonyJsonException e)
            {
                throw new SchemaException(Subject, $"{path}.{name}", e.Message, e);
            }
        }
        return null;
    }

    static string? OptionalText(JsonElement tool, string name, string path)
    {
        if (Present(tool, name) is not { } value)
            return null;
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong($"{path}.{name}", "a string", value);
        }
        catch (InvalidOperationException e)
        {
            throw new SchemaException(Subject, $"{path}.{name}", "found half of a surrogate pair, expected Unicode", e);
        }
    }

    static JsonElement? Present(JsonElement tool, string name) =>
        tool.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    static SchemaException Wrong(string path, string expected, JsonElement found) => new(Subject, path, $"found {Describe(found)}, expected {expected}");

    static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };
}
