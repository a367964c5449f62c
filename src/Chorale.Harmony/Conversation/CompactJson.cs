using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Writes JSON without white space as openai-harmony's JSON library does: only <c>"</c>, <c>\</c> and control characters
/// below U+0020 are escaped.
/// </summary>
readonly ref struct CompactJson(IBufferWriter<byte> destination)
{
    static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    public static string Write(JsonValue value)
    {
        ArrayBufferWriter<byte> buffer = new();
        new CompactJson(buffer).Value(value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Raw(ReadOnlySpan<byte> json) => destination.Write(json);

    public void Raw(string json) => Encoding.UTF8.GetBytes(json, destination);

    /// <summary>A string, or null.</summary>
    public void StringOrNull(string? text)
    {
        if (text is null)
            Raw("null"u8);
        else
            String(text);
    }

    public void String(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        for (int next; (next = text.IndexOfAny(Escaped)) >= 0; text = text[(next + 1)..])
        {
            Encoding.UTF8.GetBytes(text[..next], destination);
            Escape(text[next]);
        }
        Encoding.UTF8.GetBytes(text, destination);
        Raw("\""u8);
    }

    public void Value(JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonValueKind.Object:
                Raw("{"u8);
                for (int i = 0; i < value.Members!.Count; i++)
                {
                    if (i > 0)
                        Raw(","u8);
                    String(value.Members[i].Key);
                    Raw(":"u8);
                    Value(value.Members[i].Value);
                }
                Raw("}"u8);
                break;
            case JsonValueKind.Array:
                Raw("["u8);
                for (int i = 0; i < value.Items!.Count; i++)
                {
                    if (i > 0)
                        Raw(","u8);
                    Value(value.Items[i]);
                }
                Raw("]"u8);
                break;
            case JsonValueKind.String:
                String(value.Text);
                break;
            default:
                Raw(value.Text!);
                break;
        }
    }

    void Escape(char c)
    {
        switch (c)
        {
            case '"': Raw("\\\""u8); break;
            case '\\': Raw("\\\\"u8); break;
            case '\b': Raw("\\b"u8); break;
            case '\f': Raw("\\f"u8); break;
            case '\n': Raw("\\n"u8); break;
            case '\r': Raw("\\r"u8); break;
            case '\t': Raw("\\t"u8); break;
            default:
                Raw("\\u00"u8);
                ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
                Raw([hex[c >> 4], hex[c & 15]]);
                break;
        }
    }
}
