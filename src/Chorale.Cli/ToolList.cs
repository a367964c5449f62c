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
        if (tools.EnumerateArray().All(tool => tool.ValueKind != JsonValueKind.String))
            return [ToolNamespace.FromTools(tools)];

        List<ToolNamespace> namespaces = [];
        foreach (JsonElement tool in tools.EnumerateArray())
            namespaces.Add(tool.ValueKind == JsonValueKind.String ? Named(tool.GetString()!) : ToolNamespace.FromTools($"[{tool.GetRawText()}]"));
        return [.. namespaces.GroupBy(space => space.Name, StringComparer.Ordinal).Select(group => new ToolNamespace { Name = group.Key, Tools = [.. group.SelectMany(space => space.Tools)] })];
    }

    /// <summary>A name without a namespace is a function.</summary>
    static ToolNamespace Named(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return new() { Name = dot > 0 ? name[..dot] : "functions", Tools = [new(name[(dot + 1)..], "")] };
    }
}
