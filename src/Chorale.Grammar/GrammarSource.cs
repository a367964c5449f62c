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
