using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>An id, alone or with what it spells.</summary>
/// <param name="Id">The id.</param>
/// <param name="Bytes">What it spells; null writes the id as a plain number.</param>
[JsonConverter(typeof(Converter))]
readonly record struct TokenPiece(int Id, byte[]? Bytes)
{
    /// <summary>A number, or <c>{"id","piece"}</c>; the piece is a list of bytes where it is no text of its own.</summary>
    internal sealed class Converter : JsonConverter<TokenPiece>
    {
        public override TokenPiece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32(), Bytes: null);

        public override void Write(Utf8JsonWriter writer, TokenPiece value, JsonSerializerOptions options)
        {
            if (value.Bytes is not { } bytes)
            {
                writer.WriteNumberValue(value.Id);
                return;
            }
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, value.Id);
            if (System.Text.Unicode.Utf8.IsValid(bytes))
            {
                writer.WriteString("piece"u8, bytes);
            }
            else
            {
                writer.WriteStartArray("piece"u8);
                foreach (byte b in bytes)
                    writer.WriteNumberValue(b);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
    }
}
