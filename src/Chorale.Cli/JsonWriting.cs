using System.Text.Encodings.Web;
using System.Text.Json;
using Chorale.Harmony;

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

        /// <summary>Calls: <c>[{"message","recipient","name","namespace","declared","arguments","raw"?}]</c>.</summary>
        public void WriteCalls(IEnumerable<HarmonyCall> calls)
        {
            writer.WriteStartArray("calls");
            foreach (HarmonyCall call in calls)
            {
                writer.WriteStartObject();
                writer.WriteNumber("message", call.MessageIndex);
                writer.WriteString("recipient", call.Message.Recipient);
                writer.WriteString("name", call.Name);
                writer.WriteString("namespace", call.Namespace);
                writer.WriteBoolean("declared", call.IsDeclared);
                writer.WriteString("arguments", call.Arguments);
                if (call.Arguments != call.RawArguments)
                    writer.WriteString("raw", call.RawArguments);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }

        /// <summary>What was repaired: <c>[{"code","index","length","found","done","message"}]</c>.</summary>
        public void WriteDiagnostics(IEnumerable<HarmonyDiagnostic> diagnostics)
        {
            writer.WriteStartArray("diagnostics");
            foreach (HarmonyDiagnostic diagnostic in diagnostics)
            {
                writer.WriteStartObject();
                writer.WriteString("code", diagnostic.Name);
                writer.WriteNumber("index", diagnostic.Index);
                writer.WriteNumber("length", diagnostic.Length);
                writer.WriteNumber("message_index", diagnostic.MessageIndex);
                writer.WriteString("found", diagnostic.Found);
                writer.WriteString("done", diagnostic.Done);
                writer.WriteString("message", diagnostic.Message);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
    }
}
