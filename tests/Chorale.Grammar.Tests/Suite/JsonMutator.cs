using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chorale.Grammar.Tests;

/// <summary>Changes a JSON value a little: into one that a schema may allow still, or no longer.</summary>
sealed class JsonMutator(Random random, IReadOnlyList<JsonElement> parts)
{
    /// <summary>Beyond it the doubles that ajv sees would not tell the change.</summary>
    const decimal LargestNumber = 1e12m;

    static readonly string[] Common = ["null", "true", "false", "0", "1", "-1", "0.5", "10", "\"\"", "\"a\"", "\"A1\"", "\"été\"", "[]", "{}", "[1]", "{\"a\":1}"];
    static readonly string[] Names = ["a", "b", "x", "", "id", "x-1", "été"];

    /// <summary>Another value.</summary>
    public JsonNode? Mutate(JsonElement value)
    {
        JsonNode? root = ToNode(value);
        List<Action<JsonNode?>> places = [changed => root = changed];
        List<JsonNode?> nodes = [root];
        Collect(root, places, nodes);
        int at = random.Next(nodes.Count);
        places[at](Change(nodes[at]));
        return root;
    }

    JsonNode? Change(JsonNode? node)
    {
        if (random.Next(3) == 0)
            return Any();
        switch (node)
        {
            case JsonObject map when map.Count > 0 && random.Next(2) == 0:
                map.RemoveAt(random.Next(map.Count));
                return map;
            case JsonObject map:
                map[Name()] = Any();
                return map;
            case JsonArray list when list.Count > 0 && random.Next(2) == 0:
                list.RemoveAt(random.Next(list.Count));
                return list;
            case JsonArray list:
                list.Insert(random.Next(list.Count + 1), list.Count > 0 && random.Next(2) == 0 ? list[random.Next(list.Count)]?.DeepClone() : Any());
                return list;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                return scalar.TryGetValue(out decimal number) && Math.Abs(number) < LargestNumber ? JsonValue.Create(Change(number)) : Any();
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                return JsonValue.Create(Change(scalar.GetValue<string>()));
            default:
                return Any();
        }
    }

    decimal Change(decimal number) => random.Next(4) switch
    {
        0 => number + 1,
        1 => number - 1,
        2 => -number,
        _ => number + 0.5m,
    };

    string Change(string text)
    {
        int at = random.Next(text.Length + 1);
        if (at < text.Length && (char.IsSurrogate(text[at]) || random.Next(2) == 0))
            return char.IsSurrogate(text[at]) ? text + "z" : text.Remove(at, 1);
        return (at == text.Length || !char.IsLowSurrogate(text[at])) ? text.Insert(at, "aZ0 -\"\\é\n"[random.Next(9)].ToString()) : text;
    }

    string Name()
    {
        JsonElement part = parts[random.Next(parts.Count)];
        return part.ValueKind == JsonValueKind.Object && part.EnumerateObject().Any() ? part.EnumerateObject().ElementAt(random.Next(part.EnumerateObject().Count())).Name : Names[random.Next(Names.Length)];
    }

    JsonNode? Any() => random.Next(2) == 0 ? JsonNode.Parse(Common[random.Next(Common.Length)]) : ToNode(parts[random.Next(parts.Count)]);

    static JsonNode? ToNode(JsonElement value) => JsonNode.Parse(value.GetRawText());

    static void Collect(JsonNode? node, List<Action<JsonNode?>> places, List<JsonNode?> nodes)
    {
        if (node is JsonObject map)
        {
            foreach ((string name, JsonNode? child) in map.ToArray())
            {
                places.Add(changed => Put(map, name, changed));
                nodes.Add(child);
                Collect(child, places, nodes);
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                int index = i;
                places.Add(changed => Put(list, index, changed));
                nodes.Add(list[i]);
                Collect(list[i], places, nodes);
            }
        }
    }

    // A node that was changed in its place is there already, and may not get a second parent.
    static void Put(JsonObject map, string name, JsonNode? changed)
    {
        if (!ReferenceEquals(map[name], changed))
            map[name] = changed;
    }

    static void Put(JsonArray list, int index, JsonNode? changed)
    {
        if (!ReferenceEquals(list[index], changed))
            list[index] = changed;
    }
}
