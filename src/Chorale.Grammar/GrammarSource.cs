using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>What generated text must be: a JSON Schema, a regular expression, a grammar, or any text. Immutable; <see cref="CompiledGrammar"/> makes masks of it.</summary>
public abstract class GrammarSource
{
    private protected GrammarSource()
    {
    }

    /// <summary>Any text.</summary>
    public static GrammarSource AnyText { get; } = new AnyTextSource();

    /// <summary>JSON documents that are valid under a JSON Schema, in draft 2020-12 or an older version.</summary>
    /// <param name="schema">An object or a boolean. It is copied.</param>
    /// <param name="options">White space, and what to do with what cannot be enforced; null is the defaults.</param>
    public static GrammarSource JsonSchema(JsonElement schema, JsonSchemaOptions? options = null) => new JsonSchemaSource(schema, options ?? JsonSchemaOptions.Default);

    /// <summary>As the other, from text.</summary>
    /// <exception cref="JsonSchemaException">The text is not JSON.</exception>
    public static GrammarSource JsonSchema(string schema, JsonSchemaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        const int maxDepth = 1024;
        try
        {
            using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = maxDepth });
            return JsonSchema(document.RootElement, options);
        }
        catch (JsonException exception)
        {
            throw new JsonSchemaException("$", "", $"is not JSON: {exception.Message}");
        }
    }

    /// <summary>Text that a regular expression matches from start to end. <c>.</c> matches no line end, and <c>\d</c> and <c>\w</c> only ASCII; <c>(?s)</c> and <c>(?u)</c> change that.</summary>
    /// <param name="pattern">In the common subset of ECMA-262, Python and Rust, lookaheads included.</param>
    /// <exception cref="GrammarSyntaxException">It is malformed, or uses what is not regular, as backreferences.</exception>
    public static GrammarSource Regex(string pattern) => new RegexSource(RegexPattern.Whole(pattern));

    /// <summary>Adds the language to a grammar in the making.</summary>
    /// <returns>Its rule.</returns>
    /// <exception cref="GrammarException">It is malformed, or cannot be enforced.</exception>
    internal abstract int AddTo(GrammarBuilder builder);

    sealed class RegexSource(RegularExpression language) : GrammarSource
    {
        internal override int AddTo(GrammarBuilder builder)
        {
            int rule = builder.AddRule("text");
            builder.AddText(builder.Start(rule), language, builder.End(rule));
            return rule;
        }
    }

    sealed class AnyTextSource : GrammarSource
    {
        internal override int AddTo(GrammarBuilder builder)
        {
            int rule = builder.AddRule("text");
            builder.AddText(builder.Start(rule), RegularExpression.Anything, builder.End(rule));
            return rule;
        }
    }
}
