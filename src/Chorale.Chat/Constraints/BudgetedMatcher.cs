using Chorale.Grammar;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>A matcher that keeps the shortest completion in reserve, so that the text is whole when the ids run out.</summary>
/// <param name="grammar">What it follows.</param>
sealed class BudgetedMatcher(CompiledGrammar grammar)
{
    readonly GrammarMatcher _matcher = grammar.CreateMatcher();
    readonly int _words = grammar.Vocabulary.MaskWords;
    ulong[]? _mask;

    public bool CanEnd => _matcher.CanEnd;

    public bool IsComplete => _matcher.IsComplete;

    /// <summary>Ids of the shortest completion.</summary>
    public int Needed => _matcher.CompletionLength;

    /// <summary>Whether the text can be completed with so many ids.</summary>
    public bool Fits(int budget) => _matcher.CanCompleteWithin(budget);

    public bool TryAccept(int id) => _matcher.TryAccept(id);

    /// <summary>What may follow.</summary>
    /// <param name="allowed">As <see cref="ITokenConstraint.NextStep"/> takes it; written whole.</param>
    /// <param name="forced">As there.</param>
    /// <param name="budget">How many ids may follow, at least as many as are <see cref="Needed"/>.</param>
    /// <param name="isDue">Whether the budget leaves nothing but the shortest completion.</param>
    /// <returns><see cref="ConstraintStep.End"/> where nothing may, or nothing within the budget.</returns>
    public ConstraintStep Next(Span<ulong> allowed, IList<int> forced, int budget, out bool isDue)
    {
        isDue = false;
        if (_matcher.IsComplete)
            return ConstraintStep.End;
        if (_matcher.CanEnd)
            return FillMask(allowed, budget) ? ConstraintStep.Masked : ConstraintStep.End;
        isDue = !Fits(budget - 1);
        if (!isDue && AppendForced(forced, budget))
            return ConstraintStep.Forced;
        if (!isDue && FillMask(allowed, budget))
            return ConstraintStep.Masked;
        isDue = true;
        _matcher.AppendCompletion(forced);
        return ConstraintStep.Forced;
    }

    /// <summary>Appends the ids that must follow; false where there are none, or where they would leave no room for the rest.</summary>
    public bool AppendForced(IList<int> forced, int budget)
    {
        _matcher.AppendForced(forced);
        int accepted = 0;
        while (accepted < forced.Count && _matcher.TryAccept(forced[accepted]))
            accepted++;
        bool fits = accepted == forced.Count && Fits(budget - accepted);
        _matcher.Rollback(accepted);
        if (!fits)
            forced.Clear();
        return forced.Count > 0;
    }

    /// <summary>Writes which ids may follow such that the rest still fits; false where none may.</summary>
    /// <param name="allowed">Written whole. The model's rows and the vocabulary's ids may differ by some at the end.</param>
    /// <param name="budget">How many ids may follow.</param>
    public bool FillMask(Span<ulong> allowed, int budget)
    {
        if (allowed.Length >= _words)
        {
            allowed[_words..].Clear();
            return _matcher.FillMask(allowed[.._words], budget);
        }
        _mask ??= new ulong[_words];
        bool any = _matcher.FillMask(_mask, budget);
        _mask.AsSpan(0, allowed.Length).CopyTo(allowed);
        return any;
    }
}
