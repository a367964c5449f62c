using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>The tools of a batch line: names (<c>get_weather</c>, <c>browser.search</c>), or functions as people write them for the OpenAI API.</summary>
static class ToolList
{
    public static IReadOnlyList<ToolNamespace> Read(JsonElement tools)
    {
        if (tools.ValueKind != JsonValueKind.Array)
            throw LineReader.Wrong("tools", "a list of names or functions", tools);
        Dictionary<string, List<ToolDescription>> namespaces = new(StringComparer.Ordinal);
        int index = 0;
        foreach (JsonElement tool in tools.EnumerateArray())
            Add(tool, string.Create(CultureInfo.InvariantCulture, $"tools[{index++}]"), namespaces);
        return [.. namespaces.Select(entry => new ToolNamespace { Name = entry.Key, Tools = entry.Value })];
    }

    static void Add(JsonElement tool, string path, Dictionary<string, List<ToolDescription>> namespaces)
    {
        if (tool.ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
            throw LineReader.Wrong(path, "a name or a function", tool);
        JsonElement function = tool.ValueKind == JsonValueKind.Object && tool.Optional("function") is { ValueKind: JsonValueKind.Object } inner ? inner : tool;
        string name = function.ValueKind == JsonValueKind.String ? function.GetString()! : function.OptionalText("name") ?? function.OptionalText("type") ?? throw new BatchException($"'{path}' has no name");
        JsonSchema? parameters = function.ValueKind == JsonValueKind.Object && function.Optional("parameters") is { } schema ? JsonSchema.From(schema) : null;
        string description = function.ValueKind == JsonValueKind.Object ? function.OptionalText("description") ?? "" : "";

        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string space = dot > 0 ? name[..dot] : "functions";
        if (!namespaces.TryGetValue(space, out List<ToolDescription>? list))
            namespaces[space] = list = [];
        list.Add(new(dot > 0 ? name[(dot + 1)..] : name, description, parameters));
    }
}
