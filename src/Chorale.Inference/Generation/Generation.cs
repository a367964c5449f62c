namespace Chorale.Inference;

/// <summary>One answer in the making: which ids follow, and when it ends. Plain calls; <see cref="GptOssGenerator"/> schedules them.</summary>
sealed class Generation
{
    readonly TokenSequence _sequence;
    readonly GenerationRequest _request;
    readonly Sampler _sampler;
    readonly List<int> _forced = [];                 // ids that must follow, the next one at _nextForced
    readonly ulong[] _mask;
    readonly int _cachedPromptTokens;
    readonly int _room;
    ConstraintStep _step;
    int _nextForced;
    int _count;

    /// <summary>Checks the prompt and hands it to the sequence; nothing is computed yet.</summary>
    public Generation(TokenSequence sequence, GenerationRequest request)
    {
        (_sequence, _request) = (sequence, request);
        ReadOnlySpan<int> prompt = request.Prompt.Span;
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt is empty.", nameof(request));
        int outside = prompt.IndexOfAnyExceptInRange(0, sequence.VocabularySize - 1);
        if (outside >= 0)
            throw new TokenOutOfRangeException(prompt[outside], outside, sequence.VocabularySize);
        if (prompt.Length >= sequence.ContextLength)
            throw new PromptTooLongException(prompt.Length, sequence.ContextLength);
        foreach (int id in request.Sampling.LogitBias.Keys)
        {
            if ((uint)id >= (uint)sequence.VocabularySize)
                throw new ArgumentException($"LogitBias names id {unchecked((uint)id)}; the vocabulary has {sequence.VocabularySize} ids.", nameof(request));
        }

        _room = sequence.ContextLength - prompt.Length;
        _cachedPromptTokens = sequence.Restart(prompt);
        _sampler = new(request.Sampling, prompt);
        _mask = request.Constraint is null ? [] : new ulong[TokenMask.Words(sequence.VocabularySize)];
        IsFinished = request.MaxTokens == 0 || !AskConstraint();
    }

    /// <summary>Whether <see cref="Next"/> has nothing more to give.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>The next id of the answer.</summary>
    public GeneratedToken Next(CancellationToken cancellationToken)
    {
        GeneratedToken token = WithLogProbabilities(Choose(cancellationToken), cancellationToken);
        _sequence.Append(token.Id);
        _count++;
        FinishReason? finish = Accept(token.Id);
        IsFinished = finish is not null;
        return token with { Finish = finish };
    }

    int Choose(CancellationToken cancellationToken)
    {
        if (_step == ConstraintStep.Forced)
            return _forced[_nextForced];
        ReadOnlySpan<float> logits = _sequence.Logits(cancellationToken);
        return _sampler.Sample(logits, _step == ConstraintStep.Masked ? _mask : []);
    }

    GeneratedToken WithLogProbabilities(int id, CancellationToken cancellationToken)
    {
        GeneratedToken token = new(id) { CachedPromptTokens = _cachedPromptTokens };
        if (_request.TopLogProbabilities is not { } count)
            return token;
        ReadOnlySpan<float> logits = _sequence.Logits(cancellationToken);
        double logSumExp = LogProbabilities.LogSumExp(logits);
        return token with
        {
            LogProbability = (float)(logits[id] - logSumExp),
            TopLogProbabilities = LogProbabilities.Top(logits, logSumExp, count),
        };
    }

    /// <summary>Tells the constraint of an id, and whether it was the last and why.</summary>
    FinishReason? Accept(int id)
    {
        _sampler.Accept(id);
        _request.Constraint?.Accept(id);
        _nextForced++;
        return _request.StopIds.Contains(id) ? FinishReason.Stop
            : _count == _request.MaxTokens ? FinishReason.MaxTokens
            : _count == _room ? FinishReason.ContextLength
            : AskConstraint() ? null
            : FinishReason.Constraint;
    }

    /// <summary>Asks what may follow; false where nothing may.</summary>
    bool AskConstraint()
    {
        if (_request.Constraint is not { } constraint)
            return true;
        if (_step == ConstraintStep.Forced && _nextForced < _forced.Count)
            return true;

        _forced.Clear();
        _nextForced = 0;
        _step = constraint.NextStep(_mask, _forced);
        return _step switch
        {
            ConstraintStep.Free => true,
            ConstraintStep.Masked => TokenMask.FirstAllowed(_mask, _sequence.VocabularySize) >= 0,
            ConstraintStep.Forced => CheckForced(),
            ConstraintStep.End => false,
            _ => throw new InvalidOperationException($"The constraint answered {_step}, which is no step."),
        };
    }

    bool CheckForced()
    {
        if (_forced.Count == 0)
            throw new InvalidOperationException("The constraint forces ids but names none.");
        int outside = _forced.FindIndex(id => id < 0 || id >= _sequence.VocabularySize);
        return outside < 0 ? true
            : throw new InvalidOperationException($"The constraint forces id {unchecked((uint)_forced[outside])}; the vocabulary has {_sequence.VocabularySize} ids.");
    }
}
