using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>Reads what an answer must be: Chat's <c>response_format</c> and Responses' <c>text.format</c>.</summary>
static class FormatRequest
{
    const string AnyObject = """{"type":"object"}""";

    /// <summary>The answer's format; null is any text.</summary>
    /// <param name="format">The value; null is any text.</param>
    /// <param name="vocabulary">That of the model.</param>
    /// <exception cref="ApiException">An unknown type, a schema that is malformed, or strict and cannot be enforced.</exception>
    public static AnswerFormat? Read(RequestObject? format, GrammarVocabulary vocabulary)
    {
        if (format is not { } given)
            return null;
        return given.OptionalChoice("type", "text", "json_object", "json_schema") switch
        {
            "json_object" when given.Has("schema") => ReadSchema(given, vocabulary),   // as llama-server has it
            "json_object" => new(GrammarSource.JsonSchema(AnyObject)),
            "json_schema" => ReadSchema(given.OptionalObject("json_schema") ?? given, vocabulary),
            _ => null,
        };
    }

    static AnswerFormat ReadSchema(RequestObject given, GrammarVocabulary vocabulary)
    {
        string name = given.OptionalText("name") ?? "answer";
        RequestValue schema = given.Require("schema");
        if (schema.Kind is not (JsonValueKind.Object or JsonValueKind.True))
            throw RequestValue.Wrong(schema.Path, "an object", schema.Element);
        bool isStrict = given.OptionalBoolean("strict") == true;
        try
        {
            AnswerFormat format = AnswerFormat.Json(JsonSchema.From(schema.Element), name, new() { Lenient = !isStrict });
            if (given.OptionalText("description") is { Length: > 0 } description)
                format = format with { Shown = format.Shown! with { Description = description } };
            _ = CompiledGrammar.Compile(format.Grammar, vocabulary);
            return format;
        }
        catch (Exception e) when (e is GrammarException or HarmonyJsonException or SchemaException)
        {
            throw ApiException.Invalid($"Invalid schema for response_format '{RequestValue.Shorten(name)}': {e.Message}", schema.Path, "invalid_json_schema");
        }
    }
}
