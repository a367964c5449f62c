using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chorale.Cli;

/// <summary>Shapes that several answers share.</summary>
static class JsonWriting
{
    /// <summary>One object on one line, characters as they are.</summary>
    public static JsonWriterOptions Options => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(Utf8JsonWriter writer)
    {
        /// <summary>Ids as unsigned numbers, as the wire has them.</summary>
        public void WriteIds(string name, ReadOnlySpan<int> ids)
        {
            writer.WriteStartArray(name);
            foreach (int id in ids)
                writer.WriteNumberValue(unchecked((uint)id));
            writer.WriteEndArray();
        }
    }
}
