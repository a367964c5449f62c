using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>JSON values as TypeScript writes them, on one line whatever they hold.</summary>
static class JsonLiteral
{
    /// <summary>What ends a line, and so a comment, in TypeScript.</summary>
    public static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\u2028\u2029");

    /// <summary>A string in quotes, escaped so that it cannot end its line.</summary>
    public static string Of(string text) => OnOneLine(CompactJson.Write(JsonValue.FromString(text)));

    /// <summary>A value as JSON, escaped so that it cannot end its line.</summary>
    public static string Json(JsonValue value) => OnOneLine(CompactJson.Write(value));

    /// <summary>A text as it is, or in quotes where it would not stay on its line.</summary>
    public static string Plain(string text) => text.AsSpan().ContainsAny(LineEnds) ? Of(text) : text;

    /// <summary>A value as the type that only it has: <c>"a"</c>, <c>1</c>, <c>[1, "a"]</c>, <c>{ a: 1 }</c>.</summary>
    public static string TypeOf(JsonValue value)
    {
        StringBuilder text = new();
        Append(value, text);
        return text.ToString();
    }

    static void Append(JsonValue value, StringBuilder text)
    {
        switch (value.Kind)
        {
            case JsonValueKind.Object when value.Members is []:
                text.Append("{}");
                break;
            case JsonValueKind.Object:
                text.Append("{ ");
                for (int i = 0; i < value.Members!.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "").Append(Key(value.Members[i].Key)).Append(": ");
                    Append(value.Members[i].Value, text);
                }
                text.Append(" }");
                break;
            case JsonValueKind.Array:
                text.Append('[');
                for (int i = 0; i < value.Items!.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Append(value.Items[i], text);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                text.Append(Of(value.Text!));
                break;
            default:
                text.Append(value.Text);
                break;
        }
    }

    /// <summary>The name of a property, in quotes where it needs them.</summary>
    public static string Key(string name) => Identifier.IsValid(name) ? name : Of(name);

    // Line ends of TypeScript that JSON leaves as they are.
    static string OnOneLine(string json) => json.Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal);
}
