using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Holds an answer to the shape of a Harmony turn, bounds its reasoning, and ends it whole within a number of ids.</summary>
/// <remarks>
/// At each message it follows two grammars side by side: a message of reasoning, which ends within what is left for reasoning and leaves room for the shortest end of the turn, and the
/// turn without reasoning, which ends within all that is left. What either allows is allowed, until the header decides.
/// </remarks>
public sealed class TurnConstraint : ITokenConstraint
{
    readonly TurnGrammar _grammar;
    readonly int _tail;                 // ids from the end of a thought to the end of the shortest turn
    readonly ulong[] _second;
    readonly List<int> _forcedSecond = [];
    BudgetedMatcher? _ending, _thought;
    int _left, _reasoningLeft, _thoughtsLeft;
    int _between;                       // ids of NextMessage that are still to come
    int _spent;                         // ids of the thought so far

    internal TurnConstraint(TurnGrammar grammar, int budget, int? maxReasoningTokens)
    {
        if (maxReasoningTokens < 0)
            throw new ArgumentOutOfRangeException(nameof(maxReasoningTokens), maxReasoningTokens, "Reasoning takes 0 ids or more.");
        if (grammar.ShortestLength > budget)
            throw new BudgetTooSmallException(grammar.ShortestLength, budget);
        (_grammar, _left, _reasoningLeft, _thoughtsLeft) = (grammar, budget, maxReasoningTokens ?? int.MaxValue, grammar.MostThoughts);
        _tail = grammar.NextMessage.Count + grammar.ShortestLength;
        _second = new ulong[grammar.Ending.Vocabulary.MaskWords];
        BeginMessage(spent: 0);
    }

    /// <summary>Whether the ids ran out, so that the shortest way to end the turn was taken.</summary>
    public bool WasShortened { get; private set; }

    /// <summary>Whether a message of reasoning was ended because it had taken all ids that reasoning may take.</summary>
    public bool WasReasoningCut { get; private set; }

    /// <summary>How many ids the thought in progress may still take.</summary>
    int ThoughtRoom => Math.Min(_reasoningLeft - _spent, _left - _tail);

    /// <inheritdoc/>
    public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced)
    {
        ArgumentNullException.ThrowIfNull(forced);
        if (_between > 0)
        {
            for (int i = _grammar.NextMessage.Count - _between; i < _grammar.NextMessage.Count; i++)
                forced.Add(_grammar.NextMessage[i]);
            return ConstraintStep.Forced;
        }
        bool isDue;
        ConstraintStep step;
        if (_thought is null)
        {
            step = _ending!.Next(allowed, forced, _left, out isDue);
            WasShortened |= isDue;
            return step;
        }
        if (_ending is not null)
            return NextOfBoth(allowed, forced);
        step = _thought.Next(allowed, forced, ThoughtRoom, out isDue);
        bool isOfTurn = _left - _tail < _reasoningLeft - _spent;
        WasShortened |= isDue && isOfTurn;
        WasReasoningCut |= isDue && !isOfTurn;
        return step;
    }

    /// <inheritdoc/>
    public void Accept(int id)
    {
        _left--;
        _spent++;
        if (_between > 0)
        {
            _ending?.TryAccept(id);
            if (--_between == 0)
                BeginMessage(_grammar.NextMessage.Count);
            return;
        }
        if (_thought?.TryAccept(id) == false)
            _thought = null;
        if (_ending?.TryAccept(id) == false)
            _ending = null;
        if (_thought is null && _ending is null)
            throw new InvalidOperationException($"Id {unchecked((uint)id)} was not allowed.");
        if (_ending is not null && _thought is not null && !_thought.Fits(ThoughtRoom))
            _thought = null;
        if (id != _grammar.End)
            return;
        if (_thought is not null)
        {
            (_thought, _reasoningLeft) = (null, _reasoningLeft - _spent);
            _thoughtsLeft--;
        }
        (_between, _spent) = (_grammar.NextMessage.Count, 0);
    }

    /// <summary>At a header: reasoning may begin where there is room for the shortest.</summary>
    void BeginMessage(int spent)
    {
        _spent = spent;
        _ending ??= new(_grammar.Ending);
        _thought = _thoughtsLeft > 0 ? new(_grammar.Reasoning!) : null;
        if (_thought?.Fits(ThoughtRoom) == false)
            _thought = null;
    }

    /// <summary>Where the header may still become either.</summary>
    ConstraintStep NextOfBoth(Span<ulong> allowed, IList<int> forced)
    {
        _forcedSecond.Clear();
        if (_ending!.AppendForced(forced, _left) && _thought!.AppendForced(_forcedSecond, ThoughtRoom))
        {
            int common = 0;
            while (common < forced.Count && common < _forcedSecond.Count && forced[common] == _forcedSecond[common])
                common++;
            while (forced.Count > common)
                forced.RemoveAt(forced.Count - 1);
            if (common > 0)
                return ConstraintStep.Forced;
        }
        forced.Clear();
        _ending.FillMask(allowed, _left);
        _thought!.FillMask(_second, ThoughtRoom);
        for (int i = 0; i < Math.Min(allowed.Length, _second.Length); i++)
            allowed[i] |= _second[i];
        return ConstraintStep.Masked;
    }
}
