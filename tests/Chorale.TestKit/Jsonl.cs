using System.Text.Json;

namespace Chorale.TestKit;

/// <summary>Reads golden files: one JSON object a line, split at <c>\n</c> only.</summary>
public static class Jsonl
{
    static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 1024 };
    static readonly JsonSerializerOptions SerializerOptions = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = 1024,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>The non-empty lines of a file under <c>testdata/</c>.</summary>
    public static IEnumerable<string> Lines(string relative) =>
        File.ReadAllText(TestData.PathOf(relative)).Split('\n').Where(line => line.Length > 0);

    /// <summary>Each line as an element that outlives its document; the text of numbers is kept.</summary>
    public static IEnumerable<JsonElement> Elements(string relative)
    {
        foreach (string line in Lines(relative))
        {
            using JsonDocument document = JsonDocument.Parse(line, DocumentOptions);
            yield return document.RootElement.Clone();
        }
    }

    /// <summary>Each line as a <typeparamref name="T"/>, its properties in snake_case.</summary>
    public static IEnumerable<T> Read<T>(string relative) =>
        Lines(relative).Select(line => JsonSerializer.Deserialize<T>(line, SerializerOptions)!);
}
