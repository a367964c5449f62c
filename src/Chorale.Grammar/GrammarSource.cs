using System.Text.Json;

namespace Chorale.Grammar;

/// <summary>What generated text must be: a JSON Schema, a regular expression, a grammar, or any text. Immutable, equal where the text and the options are; <see cref="CompiledGrammar"/> makes masks of it.</summary>
public abstract class GrammarSource
{
    readonly object _identity;

    /// <summary>A source.</summary>
    /// <param name="identity">What tells it from other sources of its class.</param>
    private protected GrammarSource(object identity) => _identity = identity;

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

    /// <summary>A grammar in the notation of Lark, as the custom tools of OpenAI's API take it; its texts are those of the rule <c>start</c>.</summary>
    /// <remarks>
    /// <para>
    /// Matching knows no tokens: a terminal is any of the texts that it describes, and all readings of a text are explored, as with Lark's dynamic Earley lexer.
    /// So no longest match is enforced (with <c>start: WORD WORD</c>, <c>ab</c> is two words), priorities make no difference, and terminals may be empty.
    /// What <c>%ignore</c> names may stand at the start and behind each terminal and string of a rule, any number of times; never inside of a terminal.
    /// </para>
    /// <para>
    /// Read are rules, terminals, aliases and priorities (without effect), templates, <c>%ignore</c>, and <c>%import</c> from <c>common</c>. Refused are other directives and modules,
    /// recursive terminals, and in regular expressions lookarounds, anchors, word boundaries, lazy quantifiers and backreferences.
    /// In them <c>.</c> matches all but the line feed, and <c>\d</c> and <c>\w</c> only ASCII unless the flag <c>u</c> is given.
    /// </para>
    /// </remarks>
    /// <exception cref="GrammarSyntaxException">The grammar is malformed, or uses what is not supported.</exception>
    public static GrammarSource Lark(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        return new NotationSource(LarkParser.Parse(grammar), (nameof(Lark), grammar));
    }

    /// <summary>A grammar in GBNF, the notation of llama.cpp; its texts are those of the rule <c>root</c>.</summary>
    /// <remarks>
    /// <c>&lt;[id]&gt;</c> and <c>&lt;name&gt;</c> are special tokens of the vocabulary, by id and by name; an ordinary token is written as its text. A rule ends with its line,
    /// but for brackets, and may go on in a line that begins with <c>|</c>.
    /// </remarks>
    /// <exception cref="GrammarSyntaxException">The grammar is malformed, or uses what is not supported.</exception>
    public static GrammarSource Gbnf(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        return new NotationSource(GbnfParser.Parse(grammar), (nameof(Gbnf), grammar));
    }

    /// <summary>Text that a regular expression matches from start to end. <c>.</c> matches no line end, and <c>\d</c> and <c>\w</c> only ASCII; <c>(?s)</c> and <c>(?u)</c> change that.</summary>
    /// <param name="pattern">In the common subset of ECMA-262, Python and Rust, lookaheads included.</param>
    /// <exception cref="GrammarSyntaxException">It is malformed, or uses what is not regular, as backreferences.</exception>
    public static GrammarSource Regex(string pattern) => new RegexSource(RegexPattern.Whole(pattern), pattern);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is GrammarSource other && GetType() == other.GetType() && _identity.Equals(other._identity));

    /// <inheritdoc/>
    public override int GetHashCode() => _identity.GetHashCode();

    /// <summary>Adds the language to a grammar in the making.</summary>
    /// <returns>Its rule.</returns>
    /// <exception cref="GrammarException">It is malformed, or cannot be enforced.</exception>
    internal abstract int AddTo(GrammarBuilder builder);

    sealed class RegexSource(RegularExpression language, string pattern) : GrammarSource(pattern)
    {
        internal override int AddTo(GrammarBuilder builder)
        {
            int rule = builder.AddRule("text");
            builder.AddText(builder.Start(rule), language, builder.End(rule));
            return rule;
        }
    }

    sealed class AnyTextSource() : GrammarSource("")
    {
        internal override int AddTo(GrammarBuilder builder)
        {
            int rule = builder.AddRule("text");
            builder.AddText(builder.Start(rule), RegularExpression.Anything, builder.End(rule));
            return rule;
        }
    }
}
