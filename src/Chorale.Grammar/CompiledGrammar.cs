namespace Chorale.Grammar;

/// <summary>A grammar ready to give masks over one vocabulary. Threads may share it; each sequence has a <see cref="GrammarMatcher"/> of its own.</summary>
public sealed class CompiledGrammar
{
    CompiledGrammar(GrammarVocabulary vocabulary, IReadOnlyList<JsonSchemaException> ignored) => (Vocabulary, Ignored) = (vocabulary, ignored);

    /// <summary>The vocabulary whose ids it is about.</summary>
    public GrammarVocabulary Vocabulary { get; }

    /// <summary>What a lenient schema asked for and is not enforced.</summary>
    public IReadOnlyList<JsonSchemaException> Ignored { get; }

    /// <summary>Compiles a grammar.</summary>
    /// <param name="source">What texts shall be.</param>
    /// <param name="vocabulary">Whose ids; null is that of gpt-oss.</param>
    /// <exception cref="GrammarException">The source is malformed or cannot be enforced.</exception>
    public static CompiledGrammar Compile(GrammarSource source, GrammarVocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        GrammarBuilder builder = new(vocabulary ?? GrammarVocabulary.O200kHarmony);
        return builder.Build(source.AddTo(builder));
    }

    /// <summary>Begins a text.</summary>
    public GrammarMatcher CreateMatcher() => new(this);
}
