using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Cli;

/// <summary>Reads the fields of a batch line; a field of the wrong kind is an error that names it.</summary>
static class LineReader
{
    extension(JsonElement line)
    {
        /// <summary>The field, or null where it is absent or <c>null</c>.</summary>
        public JsonElement? Optional(string name) =>
            line.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

        public JsonElement Required(string name) =>
            line.Optional(name) ?? throw new BatchException($"'{name}' is missing");

        public string? OptionalText(string name) => line.Optional(name) is { } value ? Text(value, name) : null;

        public string RequiredText(string name) => Text(line.Required(name), name);

        public bool Flag(string name, bool otherwise) => line.Optional(name) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } value => throw Wrong(name, "true or false", value),
        };

        /// <summary>Ids of the wire are unsigned 32-bit; those of 2³¹ and more come out negative, and no vocabulary knows them.</summary>
        public int[] RequiredIds(string name)
        {
            JsonElement array = line.Required(name);
            if (array.ValueKind != JsonValueKind.Array)
                throw Wrong(name, "a list of token ids", array);
            int[] ids = new int[array.GetArrayLength()];
            int i = 0;
            foreach (JsonElement element in array.EnumerateArray())
            {
                if (element.ValueKind != JsonValueKind.Number || !element.TryGetUInt32(out uint id))
                    throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), "a token id from 0 to 4294967295", element);
                ids[i++] = unchecked((int)id);
            }
            return ids;
        }

        public int? OptionalInt(string name, int minimum) => line.Optional(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) && number >= minimum => number,
            { } value => throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum}"), value),
        };

        public long? OptionalLong(string name) => line.Optional(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out long number) => number,
            { } value => throw Wrong(name, "a whole number", value),
        };

        public float? OptionalFloat(string name) => line.Optional(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetSingle(out float number) && float.IsFinite(number) => number,
            { } value => throw Wrong(name, "a number", value),
        };
    }

    /// <summary>What a value is, in the words of an error.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        _ => Shortened(value.GetRawText()),
    };

    public static BatchException Wrong(string name, string expected, JsonElement found) =>
        new($"'{name}' must be {expected}, found {Describe(found)}");

    static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong(name, "a string", value);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return UnescapeLoosely(value.GetRawText());   // an escaped half of a surrogate pair, which the reader refuses
        }
    }

    /// <summary>Takes a valid JSON string apart, half surrogate pairs included: they stay, and the tokenizer reads them as U+FFFD.</summary>
    static string UnescapeLoosely(string raw)
    {
        StringBuilder text = new(raw.Length);
        ReadOnlySpan<char> rest = raw.AsSpan(1, raw.Length - 2);
        for (int escape; (escape = rest.IndexOf('\\')) >= 0;)
        {
            text.Append(rest[..escape]);
            char kind = rest[escape + 1];
            int length = kind == 'u' ? 6 : 2;
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
            rest = rest[(escape + length)..];
        }
        return text.Append(rest).ToString();
    }

    static string Shortened(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
