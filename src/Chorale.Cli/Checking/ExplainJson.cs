using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>An explanation as JSON lines: one for each id, then one with the messages and all diagnostics.</summary>
static class ExplainJson
{
    const int BlockBytes = 64 * 1024;

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(CliHost host, HarmonyEncoding encoding, TokenExplanation explanation)
    {
        ILookup<int, HarmonyDiagnostic> diagnostics = explanation.Diagnostics.ToLookup(diagnostic => diagnostic.Index);
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter writer = new(buffer, Options);
        foreach (ExplainedToken token in explanation.Tokens)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", token.Index);
            writer.WriteNumber("id", unchecked((uint)token.Id));
            if (encoding.Tokenizer.TryGetBytes(token.Id, out ReadOnlySpan<byte> bytes))
            {
                writer.WriteString("hex", Convert.ToHexStringLower(bytes));
                if (System.Text.Unicode.Utf8.IsValid(bytes))
                    writer.WriteString("text", bytes);
            }
            writer.WriteString("kind", ExplainTable.NameOf(token.Kind));
            if (token.MessageIndex >= 0)
                writer.WriteNumber("message", token.MessageIndex);
            if (diagnostics.Contains(token.Index))
                WriteDiagnostics(writer, diagnostics[token.Index]);
            writer.WriteEndObject();
            EndLine(host, writer, buffer, BlockBytes);
        }
        writer.WriteStartObject();
        ArrayBufferWriter<byte> messages = new();
        ConversationJson.Write(explanation.Messages, messages);
        writer.WritePropertyName("messages");
        writer.WriteRawValue(messages.WrittenSpan, skipInputValidation: true);
        WriteDiagnostics(writer, explanation.Diagnostics);
        writer.WriteEndObject();
        EndLine(host, writer, buffer, blockBytes: 0);
    }

    static void WriteDiagnostics(Utf8JsonWriter writer, IEnumerable<HarmonyDiagnostic> diagnostics)
    {
        writer.WriteStartArray("diagnostics");
        foreach (HarmonyDiagnostic diagnostic in diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("code", diagnostic.Name);
            writer.WriteNumber("index", diagnostic.Index);
            writer.WriteString("message", diagnostic.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void EndLine(CliHost host, Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, int blockBytes)
    {
        writer.Flush();
        writer.Reset();
        buffer.Write("\n"u8);
        if (buffer.WrittenCount < blockBytes)
            return;
        JsonSafe.Write(host, buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
