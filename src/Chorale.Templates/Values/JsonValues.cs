using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Chorale.Templates;

/// <summary>JSON as Python's <c>json.loads</c> reads it.</summary>
static class JsonValues
{
    /// <summary>Python reads no integer of more digits.</summary>
    const int MaxDigits = 4300;

    static readonly JsonDocumentOptions Options = new() { MaxDepth = 1024 };

    public static TemplateValue Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = JsonDocument.Parse(json, Options);
        return Read(document.RootElement);
    }

    public static TemplateValue Read(JsonElement json)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new JsonException("The JSON nests too deep.");
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                return TemplateValue.None;
            case JsonValueKind.True:
                return TemplateValue.True;
            case JsonValueKind.False:
                return TemplateValue.False;
            case JsonValueKind.Number:
                return Number(json);
            case JsonValueKind.String:
                return new StringValue(Text(json), PieceKind.Caller);
            case JsonValueKind.Array:
                TemplateValue[] members = new TemplateValue[json.GetArrayLength()];
                int i = 0;
                foreach (JsonElement member in json.EnumerateArray())
                    members[i++] = Read(member);
                return new ListValue(members);
            case JsonValueKind.Object:
                return DictionaryValue.Of(json.EnumerateObject().Select(property => KeyValuePair.Create(Name(property), Read(property.Value))));
            default:
                throw new ArgumentException("The element is undefined: its document has no value.", nameof(json));
        }
    }

    static TemplateValue Number(JsonElement json)
    {
        if (json.TryGetInt64(out long small))
            return IntegerValue.Of(small);
        string raw = json.GetRawText();
        if (raw.AsSpan().ContainsAny('.', 'e', 'E'))
            return new FloatValue(double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture));
        int digits = raw.Length - (raw[0] == '-' ? 1 : 0);
        return digits <= MaxDigits
            ? IntegerValue.Of(BigInteger.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            : throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"An integer of {digits} digits; Python reads at most {MaxDigits}."));
    }

    static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(json.GetRawText());   // an escaped half of a surrogate pair: Python keeps it, .NET's reader does not
        }
    }

    static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            string raw = property.ToString();   // "name":value, as it is written
            int end = 1;
            while (raw[end] != '"')
                end += raw[end] == '\\' ? 2 : 1;
            return Unescape(raw[..(end + 1)]);
        }
    }

    static string Unescape(string raw)
    {
        StringBuilder text = new(raw.Length);
        ReadOnlySpan<char> rest = raw.AsSpan(1, raw.Length - 2);
        for (int escape; (escape = rest.IndexOf('\\')) >= 0;)
        {
            text.Append(rest[..escape]);
            char kind = rest[escape + 1];
            text.Append(kind switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(rest.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => kind,
            });
            rest = rest[(escape + (kind == 'u' ? 6 : 2))..];
        }
        return text.Append(rest).ToString();
    }
}
