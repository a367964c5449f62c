using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Training;

/// <summary>
/// JSON with a space behind each comma and colon, as Python writes it and as the models have read it; numbers keep their text, and
/// characters are as they are.
/// </summary>
static class SpacedJson
{
    static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    public static string Write(JsonElement value)
    {
        StringBuilder text = new();
        Append(text, value);
        return text.ToString();
    }

    public static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(text, value);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                bool any = false;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    text.Append(any ? ", " : "");
                    any = true;
                    Append(text, item);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                AppendString(text, JsonText.String(value, ""));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    public static void AppendString(StringBuilder text, ReadOnlySpan<char> value)
    {
        text.Append('"');
        for (int next; (next = value.IndexOfAny(Escaped)) >= 0; value = value[(next + 1)..])
        {
            text.Append(value[..next]);
            AppendEscape(text, value[next]);
        }
        text.Append(value).Append('"');
    }

    static void AppendObject(StringBuilder text, JsonElement value)
    {
        text.Append('{');
        bool any = false;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            text.Append(any ? ", " : "");
            any = true;
            AppendString(text, NameOf(property));
            text.Append(": ");
            Append(text, property.Value);
        }
        text.Append('}');
    }

    static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new HistoryFormatException("", JsonText.NotUnicode, e);
        }
    }

    static void AppendEscape(StringBuilder text, char c) => _ = c switch
    {
        '"' => text.Append("\\\""),
        '\\' => text.Append("\\\\"),
        '\b' => text.Append("\\b"),
        '\f' => text.Append("\\f"),
        '\n' => text.Append("\\n"),
        '\r' => text.Append("\\r"),
        '\t' => text.Append("\\t"),
        _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };
}
