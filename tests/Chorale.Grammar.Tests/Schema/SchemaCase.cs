using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Chorale.Grammar.Tests;

/// <summary>A schema with values that it allows and values that it does not.</summary>
public sealed record SchemaCase(string Id, JsonElement Schema, JsonElement[] Valid, JsonElement[] Invalid)
{
    public override string ToString() => Id;

    /// <summary>Compiles a schema for gpt-oss.</summary>
    internal static CompiledGrammar Compile(string schema, JsonSchemaOptions? options = null) => CompiledGrammar.Compile(GrammarSource.JsonSchema(schema, options));

    /// <summary>Whether a grammar accepts a text, cut as the tokenizer cuts it.</summary>
    internal static bool Accepts(CompiledGrammar grammar, string text)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        return grammar.Vocabulary.Tokenizer.Encode(text).All(matcher.TryAccept) && matcher.CanEnd;
    }

    /// <summary>A value as the text that a schema's grammar wants.</summary>
    internal static string Write(JsonSchemaSource source, JsonElement value)
    {
        ArrayBufferWriter<byte> text = new();
        source.Write(value, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
