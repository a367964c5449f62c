using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>Strings of JSON documents as texts, and texts as JSON strings in their one shortest spelling.</summary>
static class JsonText
{
    /// <summary>The value of a string. A surrogate without its partner has no UTF-8 form, and becomes U+FFFD.</summary>
    public static string Value(JsonElement text)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(text);
        return Decode(raw[1..^1]);
    }

    /// <summary>The name of a member, in the same way.</summary>
    public static string Name(JsonProperty member) => Decode(JsonMarshal.GetRawUtf8PropertyName(member));

    /// <summary>The members of an object, in order, each name once with its last value, as readers of JSON have it.</summary>
    public static OrderedDictionary<string, JsonElement> Members(JsonElement value)
    {
        OrderedDictionary<string, JsonElement> members = new(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
            members[Name(member)] = member.Value;
        return members;
    }

    /// <summary>Writes a text as a JSON string, with the shortest escapes and everything beyond ASCII as it is.</summary>
    public static string Quote(string text)
    {
        if (text.AsSpan().IndexOfAny('"', '\\') < 0 && text.AsSpan().IndexOfAnyInRange('\0', '\x1F') < 0)
            return $"\"{text}\"";
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append(@"\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }
        return json.Append('"').ToString();
    }

    // By hand, since the library throws where a surrogate stands alone.
    static string Decode(ReadOnlySpan<byte> raw)
    {
        int escape = raw.IndexOf((byte)'\\');
        if (escape < 0)
            return Encoding.UTF8.GetString(raw);
        StringBuilder text = new();
        for (; escape >= 0; escape = raw.IndexOf((byte)'\\'))
        {
            text.Append(Encoding.UTF8.GetString(raw[..escape]));
            byte kind = raw[escape + 1];
            int length = 2;
            if (kind == 'u')
            {
                text.Append((char)ushort.Parse(raw.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                length = 6;
            }
            else
            {
                text.Append(kind switch { (byte)'b' => '\b', (byte)'f' => '\f', (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', _ => (char)kind });
            }
            raw = raw[(escape + length)..];
        }
        text.Append(Encoding.UTF8.GetString(raw));
        return string.Concat(text.ToString().EnumerateRunes());
    }
}
