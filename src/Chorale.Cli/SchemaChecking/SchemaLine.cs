using System.Text.Json;
using Chorale.Grammar;

namespace Chorale.Cli;

/// <summary>A line of <c>chorale schema check --jsonl</c>.</summary>
static class SchemaLine
{
    public static ValueTask Answer(GrammarVocabulary vocabulary, JsonSchemaOptions options, JsonElement line, Utf8JsonWriter writer)
    {
        if (!line.TryGetProperty("schema"u8, out JsonElement schema))
            throw new BatchException("'schema' is missing");
        JsonElement[] instances = line.Optional("instances") switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            { } other => throw LineReader.Wrong("instances", "a list", other),
        };
        SchemaCheck check;
        try
        {
            check = SchemaCheck.Compile(schema, options, vocabulary);
        }
        catch (GrammarException e)
        {
            writer.WriteBoolean("ok", value: false);
            writer.WritePropertyName("error");
            WriteRefusal(writer, e);
            return ValueTask.CompletedTask;
        }
        bool[] results = [.. instances.Select(instance => check.Judge(instance).IsAccepted)];
        if (results.Length == 0)
            check.MeasureShortest();
        writer.WriteBoolean("ok", value: true);
        writer.WriteStartArray("results");
        foreach (bool result in results)
            writer.WriteBooleanValue(result);
        writer.WriteEndArray();
        WriteCost(writer, check);
        WriteIgnored(writer, check.Grammar);
        return ValueTask.CompletedTask;
    }

    /// <summary><c>{"path","keyword","message"}</c>.</summary>
    public static void WriteRefusal(Utf8JsonWriter writer, GrammarException refusal)
    {
        JsonSchemaException? schema = refusal as JsonSchemaException;
        writer.WriteStartObject();
        writer.WriteString("path", schema?.Path ?? "$");
        writer.WriteString("keyword", schema?.Keyword ?? "");
        writer.WriteString("message", schema?.Problem ?? refusal.Message);
        writer.WriteEndObject();
    }

    /// <summary><c>"compile_us","mask_us":{"mean","p99"}</c>.</summary>
    public static void WriteCost(Utf8JsonWriter writer, SchemaCheck check)
    {
        writer.WriteNumber("compile_us", check.CompileMicroseconds);
        writer.WriteStartObject("mask_us");
        writer.WriteNumber("mean", check.Masks.MeanMicroseconds);
        writer.WriteNumber("p99", check.Masks.HighMicroseconds);
        writer.WriteEndObject();
    }

    /// <summary><c>"ignored":[{"path","keyword","message"}]</c>, where something was.</summary>
    public static void WriteIgnored(Utf8JsonWriter writer, CompiledGrammar grammar)
    {
        if (grammar.Ignored.Count == 0)
            return;
        writer.WriteStartArray("ignored");
        foreach (JsonSchemaException ignored in grammar.Ignored)
            WriteRefusal(writer, ignored);
        writer.WriteEndArray();
    }
}
