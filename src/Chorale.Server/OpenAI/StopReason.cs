using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>What ended an answer, as vLLM tells it: a text, or the id of a token.</summary>
[JsonConverter(typeof(Converter))]
sealed record StopReason(string? Text, int? TokenId)
{
    /// <summary>A string, or a number.</summary>
    internal sealed class Converter : JsonConverter<StopReason>
    {
        public override StopReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? new(Text: null, reader.GetInt32()) : new(reader.GetString(), TokenId: null);

        public override void Write(Utf8JsonWriter writer, StopReason value, JsonSerializerOptions options)
        {
            if (value.TokenId is { } id)
                writer.WriteNumberValue(id);
            else
                writer.WriteStringValue(value.Text);
        }
    }
}
