using System.Threading.Channels;

namespace Chorale.Inference;

/// <summary>One answer in the making: which ids follow, and when it ends. Plain calls on one thread; a <see cref="Scheduler"/> makes them.</summary>
/// <remarks>
/// What is generated goes into a channel without a bound of its own: an answer is bounded by its limit and by the context, and a reader that is slow
/// then holds up neither the model nor other readers.
/// </remarks>
sealed class Generation
{
    /// <summary>Forced ids whose log-probabilities are wanted go through the model so many at a time.</summary>
    public const int ForcedAtATime = 32;

    readonly GenerationRequest _request;
    readonly ITokenConstraint? _constraint;
    readonly int _contextLength, _vocab;
    readonly List<int> _forced = [];                 // ids that must follow, the next one at _nextForced
    readonly ulong[] _mask;
    readonly Sampler _sampler;
    readonly NGramDraft? _draft;
    readonly List<GeneratedToken> _unpublished = [];
    readonly Channel<GeneratedToken> _answer = Channel.CreateUnbounded<GeneratedToken>(new() { SingleReader = true });
    ConstraintStep _step;
    int _nextForced;
    int _proposed;
    bool _isCancelled;
    Exception? _failure;

    /// <summary>Checks a request; nothing is computed yet.</summary>
    /// <param name="request">What to continue, and how; its prompt is copied.</param>
    /// <param name="engine">Whose context and vocabulary hold.</param>
    /// <param name="options">How to guess ahead.</param>
    public Generation(GenerationRequest request, IBatchEngine engine, GeneratorOptions options)
    {
        (_request, _constraint, _contextLength, _vocab) = (request, request.Constraint, engine.ContextLength, engine.VocabularySize);
        ReadOnlySpan<int> prompt = request.Prompt.Span;
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt is empty.", nameof(request));
        int outside = prompt.IndexOfAnyExceptInRange(0, _vocab - 1);
        if (outside >= 0)
            throw new TokenOutOfRangeException(prompt[outside], outside, _vocab);
        if (prompt.Length >= _contextLength)
            throw new PromptTooLongException(prompt.Length, _contextLength);
        foreach (int id in request.Sampling.LogitBias.Keys)
        {
            if ((uint)id >= (uint)_vocab)
                throw new ArgumentException($"LogitBias names id {unchecked((uint)id)}; the vocabulary has {_vocab} ids.", nameof(request));
        }

        Ids = [.. prompt];
        PromptLength = prompt.Length;
        _sampler = new(request.Sampling, prompt);
        _mask = _constraint is null ? [] : new ulong[TokenMask.Words(_vocab)];
        _draft = options.MaxDraft > 0 ? new(options.MaxDraft) : null;
    }

    /// <summary>Prompt, then answer.</summary>
    public List<int> Ids { get; }

    public int PromptLength { get; }

    /// <summary>Generated so far.</summary>
    public int Count => Ids.Count - PromptLength;

    /// <summary>Ids that were forced, and for which no logits were needed.</summary>
    public int ForcedCount { get; private set; }

    /// <summary>Where the keys and values are; null before it was admitted and after it ended.</summary>
    public CachedSequence? Sequence { get; set; }

    /// <summary>How many ids of the prompt were in the cache.</summary>
    public int CachedPromptTokens { get; set; }

    /// <summary>Ids that the model has not read yet, at least one until the end.</summary>
    public int Pending => Ids.Count - Sequence!.Count;

    /// <summary>Whether the answer has ended, one way or another.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether the caller wants no more of it; set by any thread.</summary>
    public bool IsCancelled => Volatile.Read(ref _isCancelled);

    /// <summary>Whether there is nothing more to do for it.</summary>
    public bool IsOver => IsFinished || IsCancelled || _failure is not null;

    /// <summary>Whether it lets another answer read a beginning that both share; the scheduler's note.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Whether it is part of the step in progress; for the one who guards that step.</summary>
    public bool IsInStep { get; set; }

    /// <summary>What has been generated.</summary>
    public ChannelReader<GeneratedToken> Answer => _answer.Reader;

    bool WantsLogProbabilities => _request.TopLogProbabilities is not null;

    /// <summary>Whether an id of the prompt ends a part of it.</summary>
    public bool IsBoundary(int id) => _request.BoundaryIds.Contains(id);

    /// <summary>Asks the constraint for the first time; the answer may be over with that.</summary>
    public void Begin()
    {
        IsFinished = _request.MaxTokens == 0 || !AskConstraint();
        Settle();
    }

    /// <summary>Adds ids that may follow, to be read by the model with the pending ones, so that they need no pass of their own where they do follow.</summary>
    public void Propose(List<int> drafts)
    {
        _proposed = 0;
        int room = Math.Min(_contextLength - Ids.Count, (_request.MaxTokens ?? int.MaxValue) - Count) - 1;
        if (room <= 0)
            return;
        int start = drafts.Count;
        if (_step == ConstraintStep.Forced)
            drafts.AddRange(_forced[_nextForced..Math.Min(_forced.Count, _nextForced + Math.Min(room, ForcedAtATime))]);
        else if (_draft is not null)
            _draft.Propose(Ids, room, drafts);
        _proposed = _step == ConstraintStep.Forced ? 0 : drafts.Count - start;
    }

    /// <summary>Where only a few ids may follow, lists them: their logits are enough.</summary>
    /// <param name="ids">Takes them; its length is the most that count as few.</param>
    /// <returns>How many there are; 0 where all logits are wanted.</returns>
    public int FewAllowed(Span<int> ids)
    {
        if (_step != ConstraintStep.Masked || WantsLogProbabilities || TokenMask.CountUpTo(_mask, _vocab, ids.Length + 1) > ids.Length)
            return 0;
        return TokenMask.List(_mask, _vocab, ids);
    }

    /// <summary>Chooses the next id by the logits after the last one.</summary>
    public void Choose(ReadOnlySpan<float> logits)
    {
        int id = _step == ConstraintStep.Forced ? _forced[_nextForced] : _sampler.Sample(logits, _step == ConstraintStep.Masked ? _mask : []);
        Commit(WithLogProbabilities(id, logits));
        Settle();
    }

    /// <summary>Chooses the next id among those of <see cref="FewAllowed"/>, by their logits.</summary>
    public void ChooseAmong(ReadOnlySpan<int> ids, ReadOnlySpan<float> logits)
    {
        Commit(new(_sampler.SampleAmong(ids, logits)));
        Settle();
    }

    /// <summary>Learns from what came of the last <see cref="Propose"/>.</summary>
    /// <param name="accepted">How many ids of it joined the answer.</param>
    /// <returns>How many were guessed and how many of them were right.</returns>
    public (int Proposed, int Accepted) Learn(int accepted)
    {
        if (_proposed == 0)
            return default;
        _draft!.Learn(_proposed, accepted);
        return (_proposed, accepted);
    }

    /// <summary>Ends it with an exception, which the reader meets after what was generated.</summary>
    public void Fail(Exception exception) => _failure ??= exception;

    /// <summary>Hands over what was generated, or how it ended, to the reader.</summary>
    public void Publish()
    {
        foreach (GeneratedToken token in _unpublished)
            _answer.Writer.TryWrite(token);
        _unpublished.Clear();
        if (IsFinished || _failure is not null)
            _answer.Writer.TryComplete(_failure);
    }

    /// <summary>Says that the caller wants no more of it. From any thread.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isCancelled, true);
        _answer.Writer.TryComplete(new OperationCanceledException(cancellationToken));
    }

    /// <summary>Appends the ids that the constraint forces, unless their log-probabilities are wanted, which takes logits.</summary>
    void Settle()
    {
        while (!IsFinished && _step == ConstraintStep.Forced && !WantsLogProbabilities)
        {
            ForcedCount++;
            Commit(new(_forced[_nextForced]));
        }
    }

    GeneratedToken WithLogProbabilities(int id, ReadOnlySpan<float> logits)
    {
        if (_request.TopLogProbabilities is not { } count)
            return new(id);
        double logSumExp = LogProbabilities.LogSumExp(logits);
        return new(id)
        {
            LogProbability = (float)(logits[id] - logSumExp),
            TopLogProbabilities = LogProbabilities.Top(logits, logSumExp, count),
        };
    }

    void Commit(GeneratedToken token)
    {
        Ids.Add(token.Id);
        _sampler.Accept(token.Id);
        _constraint?.Accept(token.Id);
        _nextForced++;
        FinishReason? finish = _request.StopIds.Contains(token.Id) ? FinishReason.Stop
            : Count == _request.MaxTokens ? FinishReason.MaxTokens
            : Ids.Count == _contextLength ? FinishReason.ContextLength
            : AskConstraint() ? null
            : FinishReason.Constraint;
        _unpublished.Add(token with { Finish = finish, CachedPromptTokens = CachedPromptTokens });
        IsFinished = finish is not null;
    }

    /// <summary>Asks what may follow; false where nothing may.</summary>
    bool AskConstraint()
    {
        if (_constraint is null)
            return true;
        if (_step == ConstraintStep.Forced && _nextForced < _forced.Count)
            return true;

        _forced.Clear();
        _nextForced = 0;
        _step = _constraint.NextStep(_mask, _forced);
        return _step switch
        {
            ConstraintStep.Free => true,
            ConstraintStep.Masked => CheckMask(),
            ConstraintStep.Forced => CheckForced(),
            ConstraintStep.End => false,
            _ => throw new InvalidOperationException($"The constraint answered {_step}, which is no step."),
        };
    }

    /// <summary>False where the mask allows nothing; a mask of one id forces it.</summary>
    bool CheckMask()
    {
        int first = TokenMask.FirstAllowed(_mask, _vocab);
        if (first >= 0 && TokenMask.CountUpTo(_mask, _vocab, 2) == 1)
        {
            _step = ConstraintStep.Forced;
            _forced.Add(first);
        }
        return first >= 0;
    }

    bool CheckForced()
    {
        if (_forced.Count == 0)
            throw new InvalidOperationException("The constraint forces ids but names none.");
        int outside = _forced.FindIndex(id => id < 0 || id >= _vocab);
        return outside < 0 ? true
            : throw new InvalidOperationException($"The constraint forces id {unchecked((uint)_forced[outside])}; the vocabulary has {_vocab} ids.");
    }
}
