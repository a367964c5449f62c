using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chorale.Harmony;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>Between the functions of Microsoft.Extensions.AI and Harmony's tools: declarations one way, results the other.</summary>
public static class ToolDeclaration
{
    static readonly JsonWriterOptions CompactForm = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1024 };

    /// <summary>How a function is declared to the model.</summary>
    /// <remarks>
    /// Its result is declared where its schema says more than a type: gpt-oss was trained on functions that give <c>any</c>. A schema of a result that cannot be written is left
    /// out; one of parameters that cannot be is refused when the prompt is rendered.
    /// </remarks>
    /// <exception cref="ArgumentException">The schema of its parameters is none.</exception>
    public static ToolDescription Describe(AIFunctionDeclaration function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function.Name, function.Description, ParametersOf(function)) { Returns = ReturnsOf(function) };
    }

    /// <summary>What a model reads of a function's result.</summary>
    /// <param name="result">Text is given as it is, also where it comes as JSON; contents of messages by their text, all else as JSON without white space or needless escapes.</param>
    /// <param name="options">How it is written; null takes <see cref="AIJsonUtilities.DefaultOptions"/>.</param>
    public static string ResultText(object? result, JsonSerializerOptions? options = null) => result switch
    {
        null => "null",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => TextOf(text),
        JsonElement { ValueKind: JsonValueKind.Undefined } => "null",
        JsonElement json => Compact(json),
        Microsoft.Extensions.AI.TextContent content => content.Text,
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(content => ResultText(content, options))),
        DataContent { MediaType: var type } data when IsText(type) => Encoding.UTF8.GetString(data.Data.Span),
        DataContent data => $"[{data.MediaType}, {data.Data.Length.ToString(CultureInfo.InvariantCulture)} bytes: not text]",
        _ => Serialize(result, options ?? AIJsonUtilities.DefaultOptions),
    };

    /// <summary>Whether content of a media type is read as text.</summary>
    internal static bool IsText(string? mediaType) =>
        mediaType is not null && (mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || mediaType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("/xml", StringComparison.OrdinalIgnoreCase));

    static JsonSchema? ParametersOf(AIFunctionDeclaration function)
    {
        if (function.JsonSchema.ValueKind == JsonValueKind.Undefined)
            return null;
        try
        {
            return HasProperties(function.JsonSchema) ? JsonSchema.From(function.JsonSchema) : null;
        }
        catch (HarmonyJsonException e)
        {
            throw new ArgumentException($"The parameters of the function '{function.Name}' have no schema that can be read: {e.Message}", nameof(function), e);
        }
    }

    /// <summary>A function without arguments is declared as one, whatever way its schema says so.</summary>
    static bool HasProperties(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object
        || !schema.TryGetProperty("properties", out JsonElement properties)
        || properties.ValueKind != JsonValueKind.Object
        || properties.EnumerateObject().MoveNext();

    static JsonSchema? ReturnsOf(AIFunctionDeclaration function)
    {
        if (function.ReturnJsonSchema is not { ValueKind: JsonValueKind.Object } schema || !(schema.TryGetProperty("description", out _) || schema.TryGetProperty("properties", out _)))
            return null;
        try
        {
            JsonSchema returns = JsonSchema.From(schema);
            returns.ToTypeScript(SchemaStyle.Complete);
            return returns;
        }
        catch (Exception e) when (e is HarmonyException or SchemaException)
        {
            return null;
        }
    }

    static string Compact(JsonElement json)
    {
        ArrayBufferWriter<byte> written = new();
        using (Utf8JsonWriter writer = new(written, CompactForm))
            json.WriteTo(writer);
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    static string TextOf(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText();    // half of a surrogate pair
        }
    }

    static string Serialize(object result, JsonSerializerOptions options)
    {
        try
        {
            JsonTypeInfo type = options.GetTypeInfo(result.GetType());
            using JsonDocument document = JsonSerializer.SerializeToDocument(result, type);
            return ResultText(document.RootElement);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException)
        {
            return Convert.ToString(result, CultureInfo.InvariantCulture) ?? "";
        }
    }
}
