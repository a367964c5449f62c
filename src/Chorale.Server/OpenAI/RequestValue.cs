using System.Globalization;
using System.Text.Json;

namespace Chorale.Server;

/// <summary>A value of a request's JSON that knows its place.</summary>
/// <param name="Element">The value.</param>
/// <param name="Path">Its place: <c>messages[3].content</c>.</param>
readonly record struct RequestValue(JsonElement Element, string Path)
{
    public JsonValueKind Kind => Element.ValueKind;

    public bool IsText => Kind == JsonValueKind.String;

    public bool IsArray => Kind == JsonValueKind.Array;

    public bool IsObject => Kind == JsonValueKind.Object;

    /// <exception cref="ApiException">It is no string, or holds half of a surrogate pair.</exception>
    public string Text()
    {
        if (Kind != JsonValueKind.String)
            throw Wrong(Path, "a string", Element);
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid($"Invalid '{Path}': the string holds half of a surrogate pair.", Path, "invalid_string");
        }
    }

    public bool Boolean() => Kind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Wrong(Path, "a boolean", Element);

    /// <summary>A whole number; <c>1.0</c> is one.</summary>
    public long Integer(long min, long max)
    {
        if (Kind != JsonValueKind.Number)
            throw Wrong(Path, "an integer", Element);
        if (!Element.TryGetInt64(out long value))
        {
            double number = Element.TryGetDouble(out double any) ? any : double.NaN;
            if (number != Math.Floor(number) || double.IsNaN(number))
                throw ApiException.Invalid($"Invalid type for '{Path}': expected an integer, but got a decimal number instead.", Path, "invalid_type");
            value = number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number;
        }
        if (value < min)
            throw OutOfRange($"an integer above or equal to {min.ToString(CultureInfo.InvariantCulture)}", "integer_below_min_value");
        if (value > max)
            throw OutOfRange($"an integer below or equal to {max.ToString(CultureInfo.InvariantCulture)}", "integer_above_max_value");
        return value;
    }

    public double Number(double min, double max)
    {
        if (Kind != JsonValueKind.Number)
            throw Wrong(Path, "a number", Element);
        double value = Element.TryGetDouble(out double any) ? any : double.PositiveInfinity;
        if (value < min)
            throw OutOfRange($"a number above or equal to {min.ToString(CultureInfo.InvariantCulture)}", "decimal_below_min_value");
        if (value > max || double.IsInfinity(value))
            throw OutOfRange($"a number below or equal to {max.ToString(CultureInfo.InvariantCulture)}", "decimal_above_max_value");
        return value;
    }

    public RequestObject Object() => RequestObject.Of(Element, Path);

    /// <summary>Its elements.</summary>
    /// <param name="most">How many there may be.</param>
    public IReadOnlyList<RequestValue> Array(int most = int.MaxValue)
    {
        if (Kind != JsonValueKind.Array)
            throw Wrong(Path, "an array", Element);
        int count = Element.GetArrayLength();
        if (count > most)
            throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid '{Path}': array too long. Expected an array with maximum length {most}, but got an array with length {count} instead."), Path, "array_above_max_length");
        List<RequestValue> values = new(count);
        foreach (JsonElement element in Element.EnumerateArray())
            values.Add(new(element, string.Create(CultureInfo.InvariantCulture, $"{Path}[{values.Count}]")));
        return values;
    }

    /// <summary>The refusal of a value of another type.</summary>
    public static ApiException Wrong(string path, string expected, JsonElement found) =>
        ApiException.Invalid($"Invalid type for '{path}': expected {expected}, but got {Describe(found)} instead.", path, "invalid_type");

    /// <summary>The beginning of a text, as much as a message can show.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[99]) ? 99 : 100)}…";

    ApiException OutOfRange(string expected, string code) =>
        ApiException.Invalid($"Invalid '{Path}': expected {expected}, but got {Shorten(Element.GetRawText())} instead.", Path, code);

    static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
