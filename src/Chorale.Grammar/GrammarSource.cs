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

    /// <summary>Adds the language to a grammar in the making.</summary>
    /// <returns>Its rule.</returns>
    /// <exception cref="GrammarException">It is malformed, or cannot be enforced.</exception>
    internal abstract int AddTo(GrammarBuilder builder);

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
