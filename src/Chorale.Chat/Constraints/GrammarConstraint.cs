using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Holds generated ids to a grammar from the first one on, and ends them whole within a number of ids. For one answer, as <see cref="ITokenConstraint"/> says.</summary>
public sealed class GrammarConstraint : ITokenConstraint
{
    readonly BudgetedMatcher _matcher;
    readonly int? _stopId;
    int _left;
    bool _ended;

    /// <summary>A constraint for one answer.</summary>
    /// <param name="grammar">What the ids must be.</param>
    /// <param name="budget">How many ids may follow, the stop id not counted: one more is not needed where the text takes all of them.</param>
    /// <param name="stopId">Ends the answer where the text may end, see <see cref="StopIdFor"/>; null ends it where nothing may follow.</param>
    /// <exception cref="BudgetTooSmallException">No text of the grammar is so short.</exception>
    public GrammarConstraint(CompiledGrammar grammar, int budget, int? stopId)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        (_matcher, _left, _stopId) = (new(grammar), budget, stopId);
        if (_matcher.Needed > budget)
            throw new BudgetTooSmallException(_matcher.Needed, budget);
    }

    /// <summary>Whether the ids ran out, so that the shortest way to end the text was taken.</summary>
    public bool WasShortened { get; private set; }

    /// <summary>The id that ends what follows a prompt: <c>&lt;|call|&gt;</c> where the prompt ends inside a call, otherwise <c>&lt;|return|&gt;</c>.</summary>
    public static int StopIdFor(HarmonyEncoding encoding, ReadOnlySpan<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        IReadOnlyDictionary<string, int> specials = encoding.Tokenizer.SpecialTokens;
        int start = prompt.LastIndexOf(specials["<|start|>"]);
        HarmonyParser parser = encoding.CreateParser();
        parser.Push(prompt[Math.Max(start, 0)..]);
        return specials[parser.State == ParserState.Content && HarmonyCall.IsTool(parser.Recipient) ? "<|call|>" : "<|return|>"];
    }

    /// <inheritdoc/>
    public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced)
    {
        ArgumentNullException.ThrowIfNull(forced);
        if (_ended || _left <= 0)
            return ConstraintStep.End;
        ConstraintStep step = _matcher.Next(allowed, forced, _left, out bool isDue);
        WasShortened |= isDue;
        if (_stopId is not { } stop)
            return step;
        if (step == ConstraintStep.End)
        {
            WasShortened |= !_matcher.IsComplete;
            forced.Add(stop);
            return ConstraintStep.Forced;
        }
        if (step == ConstraintStep.Masked && _matcher.CanEnd)
            allowed[stop / 64] |= 1UL << (stop % 64);
        return step;
    }

    /// <inheritdoc/>
    public void Accept(int id)
    {
        _left--;
        if (_matcher.TryAccept(id))
            return;
        if (id != _stopId || !_matcher.CanEnd)
            throw new InvalidOperationException($"Id {unchecked((uint)id)} was not allowed.");
        _ended = true;
    }
}
