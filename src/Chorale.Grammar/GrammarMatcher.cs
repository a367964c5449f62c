namespace Chorale.Grammar;

/// <summary>Follows one sequence of ids through a grammar. Small, and for one thread at a time.</summary>
public sealed class GrammarMatcher
{
    internal GrammarMatcher(CompiledGrammar grammar) => Grammar = grammar;

    GrammarMatcher(GrammarMatcher other) => Grammar = other.Grammar;

    /// <summary>What it follows.</summary>
    public CompiledGrammar Grammar { get; }

    /// <summary>How many ids were accepted and not taken back.</summary>
    public int Count => throw new NotSupportedException();

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd => throw new NotSupportedException();

    /// <summary>Whether nothing may follow: the text is complete.</summary>
    public bool IsComplete => throw new NotSupportedException();

    /// <summary>Writes which ids may follow: bit <c>i % 64</c> of word <c>i / 64</c> for id <c>i</c>.</summary>
    /// <param name="mask">At least <see cref="GrammarVocabulary.MaskWords"/> words, overwritten whole.</param>
    /// <returns>False where none may: the text is complete.</returns>
    public bool FillMask(Span<ulong> mask) => throw new NotSupportedException();

    /// <summary>As <see cref="FillMask(Span{ulong})"/>, with only such ids after which a text can still be completed with at most so many ids (by <see cref="CompletionLength"/>).</summary>
    /// <param name="mask">As there.</param>
    /// <param name="budget">How many ids may follow in all, the next one included.</param>
    public bool FillMask(Span<ulong> mask, int budget) => throw new NotSupportedException();

    /// <summary>Accepts the next id.</summary>
    /// <returns>False where it may not follow; nothing has changed then.</returns>
    public bool TryAccept(int id) => throw new NotSupportedException();

    /// <summary>Takes back the last ids.</summary>
    /// <param name="count">In 0 to <see cref="Count"/>.</param>
    public void Rollback(int count) => throw new NotSupportedException();

    /// <summary>The ids that must follow, as the tokenizer would write them; appends none where there is a choice, or where a longer token than the forced text may follow.</summary>
    public void AppendForced(IList<int> ids) => throw new NotSupportedException();

    /// <summary>How many ids at most the shortest completion takes (0 where the text may end here); an upper bound that <see cref="AppendCompletion"/> keeps.</summary>
    public int CompletionLength => throw new NotSupportedException();

    /// <summary>Appends the ids of a shortest completion.</summary>
    public void AppendCompletion(IList<int> ids) => throw new NotSupportedException();

    /// <summary>Another matcher at the same place.</summary>
    public GrammarMatcher Clone() => new(this);
}
