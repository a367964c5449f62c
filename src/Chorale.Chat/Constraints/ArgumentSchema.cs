using System.Buffers;
using System.Text;
using System.Text.Json;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>The schema of a function's arguments, which are an object whether or not it says so.</summary>
static class ArgumentSchema
{
    const string NoArguments = """{"type":"object","additionalProperties":false}""", AnyArguments = """{"type":"object"}""";

    /// <summary>The arguments of a function.</summary>
    /// <param name="parameters">Its schema; null is a function without arguments.</param>
    /// <param name="options">How the schema becomes a grammar.</param>
    public static GrammarSource Of(JsonSchema? parameters, JsonSchemaOptions options) =>
        GrammarSource.JsonSchema(parameters is null ? NoArguments : AsObject(parameters.Text), options);

    static string AsObject(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 1024 });
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
            return NoArguments;
        if (root.ValueKind == JsonValueKind.True)
            return AnyArguments;
        if (root.ValueKind != JsonValueKind.Object || (root.TryGetProperty("type", out JsonElement type) && !Allows(type, "object")))
            return schema;
        ArrayBufferWriter<byte> typed = new();
        using (Utf8JsonWriter writer = new(typed, new JsonWriterOptions { MaxDepth = 1024 }))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "object"u8);
            foreach (JsonProperty property in root.EnumerateObject().Where(property => !property.NameEquals("type"u8)))
                property.WriteTo(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(typed.WrittenSpan);
    }
    /// <summary>Whether a list of types has this one: of the others no arguments can be.</summary>
    static bool Allows(JsonElement types, string type) => types.ValueKind == JsonValueKind.Array && types.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(type));
}
