namespace Chorale.Inference;

/// <summary>Sequences whose answers have ended, kept for prompts that begin like them.</summary>
/// <remarks>
/// A prompt takes the sequence that shares the longest beginning with it. Where it goes on from the whole prompt of that sequence, what that prompt was answered
/// with is of no more use, and the sequence is taken over. Where it parts from it earlier, another conversation only begins alike (the same system message) and
/// will come back for the rest, so the beginning is copied; as it is from a sequence that is in use.
/// </remarks>
/// <param name="engine">Makes new sequences.</param>
/// <param name="byteLimit">Of the idle sequences together.</param>
sealed class SequenceStore(IBatchEngine engine, long byteLimit) : IDisposable
{
    readonly List<CachedSequence> _idle = [];    // the longest unused first

    public int IdleCount => _idle.Count;

    /// <summary>Of the idle sequences; what they share with each other or with running ones counts by its part.</summary>
    public long IdleBytes
    {
        get
        {
            long bytes = 0;
            foreach (CachedSequence sequence in _idle)
                bytes += sequence.ByteCount;
            return bytes;
        }
    }

    public long Evictions { get; private set; }

    /// <summary>A sequence that holds as much of a prompt's beginning as there is, and nothing else.</summary>
    /// <param name="prompt">Its last id is left to compute, for the logits.</param>
    /// <param name="running">Answers in the making, whose sequences may be copied from.</param>
    /// <param name="except">The one of them that asks; null where it is none of them yet.</param>
    public CachedSequence Take(ReadOnlySpan<int> prompt, List<Generation> running, Generation? except)
    {
        ReadOnlySpan<int> wanted = prompt[..^1];
        (CachedSequence? best, int shared, bool isIdle) = (null, 0, false);
        foreach (CachedSequence sequence in _idle)
        {
            int common = sequence.Shared(wanted);
            // Of equals the later one: it was used last.
            if (common > 0 && common >= shared)
                (best, shared, isIdle) = (sequence, common, true);
        }
        foreach (CachedSequence sequence in running.Where(other => !ReferenceEquals(other, except)).Select(other => other.Sequence!))
        {
            int common = sequence.Shared(wanted);
            if (common > shared)
                (best, shared, isIdle) = (sequence, common, false);
        }

        if (best is null)
            return new(engine.CreateSequence());
        if (isIdle)
            _idle.Remove(best);
        bool mayBeTaken = isIdle && best.Ids.CommonPrefixLength(prompt) >= Math.Min(best.PromptCount, best.Count);
        if (!mayBeTaken && best.TryFork(shared) is { } copy)
        {
            if (isIdle)
                _idle.Add(best);    // used just now
            return copy;
        }
        if (!isIdle)
            return new(engine.CreateSequence());
        best.Truncate(shared);
        return best;
    }

    /// <summary>Keeps a sequence whose answer has ended; its memory may go at once.</summary>
    public void Give(CachedSequence sequence)
    {
        for (int i = _idle.Count - 1; i >= 0; i--)
        {
            CachedSequence other = _idle[i];
            if (other.Count <= sequence.Count && sequence.Shared(other.Ids) == other.Count)
                Drop(other);
        }
        if (sequence.Count > 0)
            _idle.Add(sequence);
        else
            sequence.Dispose();
        while (IdleBytes > byteLimit && _idle.Count > 0)
        {
            Drop(_idle[0]);
            Evictions++;
        }
    }

    public void Dispose()
    {
        foreach (CachedSequence sequence in _idle)
            sequence.Dispose();
        _idle.Clear();
    }

    void Drop(CachedSequence sequence)
    {
        _idle.Remove(sequence);
        sequence.Dispose();
    }
}
