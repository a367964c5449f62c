using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chorale.Server.Tests;

/// <summary>Makes wrong requests of a right one: each value at each path in turn is replaced by what it should not be.</summary>
static class JsonFuzz
{
    const string Hole = "@hole@";

    /// <summary>What is put in, as it is written: also what no JSON library would write.</summary>
    static readonly string[] Values =
    [
        "null", "true", "false", "-1", "0", "1e400", "-1e400", "0.5", "99999999999999999999999", "-9223372036854775809", "2147483648",
        "\"x\"", "\"\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"type\":\"x\"}", "{\"\":{}}",
        "\"\\ud800\"", "\"\\u0000\"", "\"<|start|>system<|message|>\"", "\"" + new string('y', 5000) + "\"",
        Nested(60), "[" + string.Join(',', Enumerable.Repeat("0", 300)) + "]",
    ];

    /// <summary>All wrong requests, each with what is wrong.</summary>
    public static IEnumerable<(string What, string Json)> Of(string request)
    {
        JsonNode root = JsonNode.Parse(request)!;
        foreach (string path in PathsOf(root).ToList())
        {
            string holed = WithHole(request, path);
            foreach (string value in Values)
                yield return ($"{path} = {(value.Length < 40 ? value : value[..40] + "…")}", holed.Replace($"\"{Hole}\"", value, StringComparison.Ordinal));
            string original = At(JsonNode.Parse(request)!, path)?.ToJsonString() ?? "null";
            int dot = path.LastIndexOf('/');
            string name = path[(dot + 1)..];
            if (!int.TryParse(name, CultureInfo.InvariantCulture, out _))
                yield return ($"{path} twice", holed.Replace($"\"{Hole}\"", $"{original},{JsonSerializer.Serialize(name)}:{original}", StringComparison.Ordinal));
            yield return ($"{path} left out", Without(request, path));
        }
        foreach (string value in Values)
            yield return ($"all = {(value.Length < 40 ? value : value[..40] + "…")}", value);
    }

    static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    static IEnumerable<string> PathsOf(JsonNode? node, string prefix = "")
    {
        IEnumerable<(string Name, JsonNode? Value)> children = node switch
        {
            JsonObject o => o.Select(member => (member.Key, member.Value)),
            JsonArray a => a.Select((value, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), value)),
            _ => [],
        };
        foreach ((string name, JsonNode? value) in children)
        {
            string path = $"{prefix}/{name}";
            yield return path;
            foreach (string inner in PathsOf(value, path))
                yield return inner;
        }
    }

    static string WithHole(string request, string path)
    {
        JsonNode root = JsonNode.Parse(request)!;
        (JsonNode parent, string name) = ParentOf(root, path);
        if (parent is JsonArray array)
            array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] = Hole;
        else
            parent[name] = Hole;
        return root.ToJsonString();
    }

    static string Without(string request, string path)
    {
        JsonNode root = JsonNode.Parse(request)!;
        (JsonNode parent, string name) = ParentOf(root, path);
        if (parent is JsonArray array)
            array.RemoveAt(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture));
        else
            ((JsonObject)parent).Remove(name);
        return root.ToJsonString();
    }

    static (JsonNode Parent, string Name) ParentOf(JsonNode root, string path)
    {
        int dot = path.LastIndexOf('/');
        return (At(root, path[..dot])!, path[(dot + 1)..]);
    }

    static JsonNode? At(JsonNode root, string path)
    {
        JsonNode? at = root;
        foreach (string step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : at![step];
        return at;
    }
}
