using System.Text;
using System.Text.Json;

namespace Chorale.Training;

/// <summary>Reads JSON values and says what was found where another was expected.</summary>
static class JsonText
{
    /// <summary>How deep JSON may nest.</summary>
    internal const int MaxDepth = 256;

    /// <summary>What a string that .NET cannot hold is.</summary>
    internal const string NotUnicode = "found bad UTF-8 or half of a surrogate pair, expected Unicode text";

    internal static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = MaxDepth };

    /// <summary>The field, unless it is absent or null.</summary>
    public static JsonElement? Present(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The text of a string.</summary>
    public static string String(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong(value, path, "a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new HistoryFormatException(path, NotUnicode, e);
        }
    }

    /// <summary>The text of a field; null where it is absent or null.</summary>
    public static string? OptionalString(JsonElement element, ReadOnlySpan<byte> name, string path) =>
        Present(element, name) is { } value ? String(value, $"{path}.{Encoding.UTF8.GetString(name)}") : null;

    public static HistoryFormatException Wrong(JsonElement found, string path, string expected) => new(path, $"found {Describe(found)}, expected {expected}");

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    /// <summary>Whether a text is a JSON value.</summary>
    public static bool IsJson(string text)
    {
        int length = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[] utf8 = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Utf8JsonReader reader = new(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !CanUnescape(ref reader))
                    return false;
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    static bool CanUnescape(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
