using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>Makes several answers at once: each step is one pass of the model over the next ids of all of them.</summary>
/// <remarks>
/// Plain calls on one thread. Answers join and leave between steps. A step takes the pending ids of every answer that is being decoded, with the ids
/// guessed to follow them, and of prompts as many as <see cref="GeneratorOptions.PrefillChunk"/> allows, shared evenly among the prompts that are being
/// read, so that neither a long prompt nor many of them hold up an answer for long, nor a long prompt a short one.
/// </remarks>
/// <param name="engine">Computes; belongs to somebody else.</param>
/// <param name="options">How to share it.</param>
/// <param name="batch">Ids of prompts in a step where no answer is being decoded.</param>
sealed class Scheduler(IBatchEngine engine, GeneratorOptions options, int batch) : IDisposable
{
    /// <summary>With no more pending ids than this an answer counts as being decoded: forced ids come in such runs.</summary>
    const int DecodedAtOnce = 16;

    /// <summary>A prompt waits for another one to be read where they share at least so many ids that neither has.</summary>
    const int WorthWaitingFor = 32;

    /// <summary>Rows of a step beside those of <c>batch</c>.</summary>
    public static int MostDecodedRows(GeneratorOptions options) => options.Parallel * (DecodedAtOnce + Math.Max(options.MaxDraft, Generation.ForcedAtATime));

    readonly SequenceStore _store = new(engine, options.CacheBytes);
    readonly List<Generation> _running = [];
    readonly List<Generation> _left = [];
    readonly List<Generation> _prompts = [];
    readonly List<Turn> _turns = [];
    readonly List<int> _ids = [];              // the rows of the step
    readonly List<BatchPart> _parts = [];
    readonly List<int> _drafts = [];
    readonly List<int> _rows = [];             // rows whose logits are wanted
    readonly int[] _few = new int[options.SelectedLogits];
    readonly float[] _fewLogits = new float[options.SelectedLogits];
    GeneratorStatistics _statistics;

    /// <summary>Answers in the making.</summary>
    public List<Generation> Running => _running;

    /// <summary>Whether one more may join.</summary>
    public bool HasRoom => _running.Count < options.Parallel;

    public GeneratorStatistics Statistics
    {
        get
        {
            GeneratorStatistics now = _statistics with
            {
                Running = _running.Count,
                IdleSequences = _store.IdleCount,
                IdleBytes = _store.IdleBytes,
                CacheEvictions = _store.Evictions,
            };
            foreach (Generation generation in _running)
            {
                now = now with
                {
                    GeneratedTokens = now.GeneratedTokens + generation.Count,
                    ForcedTokens = now.ForcedTokens + generation.ForcedCount,
                    RunningBytes = now.RunningBytes + generation.Sequence!.ByteCount,
                };
            }
            return now;
        }
    }

    /// <summary>Lets an answer join from the next step on.</summary>
    public void Admit(Generation generation)
    {
        try
        {
            ReadOnlySpan<int> prompt = CollectionsMarshal.AsSpan(generation.Ids);
            generation.Sequence = _store.Take(prompt, _running, except: null);
            generation.CachedPromptTokens = generation.Sequence.Count;
            _running.Add(generation);
            generation.Begin();
            _statistics = _statistics with
            {
                PromptTokens = _statistics.PromptTokens + prompt.Length,
                CachedPromptTokens = _statistics.CachedPromptTokens + generation.CachedPromptTokens,
                CacheHits = _statistics.CacheHits + (generation.CachedPromptTokens > 0 ? 1 : 0),
            };
        }
#pragma warning disable CA1031 // whatever a constraint throws ends its own answer, and no other
        catch (Exception exception)
#pragma warning restore CA1031
        {
            generation.Fail(exception);
            if (generation.Sequence is null)
                _left.Add(generation);
        }
        Leave();
    }

    /// <summary>Lets the answers leave that have ended, or that nobody waits for any more.</summary>
    public void Leave()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (!_running[i].IsOver)
                continue;
            Generation generation = _running[i];
            _running.RemoveAt(i);
            _left.Add(generation);
            _statistics = _statistics with
            {
                GeneratedTokens = _statistics.GeneratedTokens + generation.Count,
                ForcedTokens = _statistics.ForcedTokens + generation.ForcedCount,
            };
            generation.Sequence!.PromptCount = generation.PromptLength;
            _store.Give(generation.Sequence);
            generation.Sequence = null;
        }
    }

    /// <summary>Hands over to the readers what the last steps gave; whoever left is remembered no longer.</summary>
    public void Publish()
    {
        foreach (Generation generation in _running)
            generation.Publish();
        foreach (Generation generation in _left)
            generation.Publish();
        _left.Clear();
    }

    /// <summary>One pass of the model, and what follows from it; there must be an answer in the making.</summary>
    /// <param name="cancellationToken">Gives the pass up; the answers stay as they were.</param>
    public void Step(CancellationToken cancellationToken)
    {
        Plan();
        engine.Run(CollectionsMarshal.AsSpan(_ids), CollectionsMarshal.AsSpan(_parts), cancellationToken);
        _statistics = _statistics with { Steps = _statistics.Steps + 1 };
        foreach (Turn turn in _turns)
            TakeNote(turn);
        ChooseAmongFew();
        ChooseFromAll();
        foreach (Turn turn in _turns)
            End(turn);
        Leave();
    }

    /// <summary>Ends all answers with an exception. Nobody knows what a pass that failed left of their sequences, so these are not kept.</summary>
    public void Fail(Exception exception)
    {
        foreach (Generation generation in _running)
        {
            generation.Fail(exception);
            generation.Sequence!.Dispose();
            generation.Sequence = null;
        }
        _left.AddRange(_running);
        _running.Clear();
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Which ids of which answers go through the model now.</summary>
    void Plan()
    {
        _turns.Clear();
        _ids.Clear();
        _parts.Clear();
        _prompts.Clear();
        foreach (Generation generation in _running)
        {
            if (generation.Pending <= DecodedAtOnce)
                Add(generation, generation.Pending);
            else if (!WaitsForAnother(generation))
                _prompts.Add(generation);
        }
        // The shortest first: what it does not need of its even share goes to the others.
        _prompts.Sort(static (a, b) => a.Pending.CompareTo(b.Pending));
        int budget = _turns.Count > 0 ? Math.Min(options.PrefillChunk, batch) : batch;
        for (int i = 0; i < _prompts.Count && budget > 0; i++)
        {
            int count = Math.Min(_prompts[i].Pending, Math.Max(1, budget / (_prompts.Count - i)));
            Add(_prompts[i], count);
            budget -= count;
        }
    }

    /// <summary>Whether an answer that came earlier is about to read what this one needs; once it has, this one goes on from there.</summary>
    bool WaitsForAnother(Generation generation)
    {
        bool waited = generation.IsWaiting;
        generation.IsWaiting = false;
        ReadOnlySpan<int> ids = CollectionsMarshal.AsSpan(generation.Ids);
        foreach (Generation other in _running)
        {
            if (ReferenceEquals(other, generation))
                break;
            int shared = Math.Min(CollectionsMarshal.AsSpan(other.Ids).CommonPrefixLength(ids), ids.Length - 1);
            if (shared - generation.Sequence!.Count >= WorthWaitingFor && other.Sequence!.Count < shared)
                generation.IsWaiting = true;
        }
        if (waited && !generation.IsWaiting)
            GoOnFromAnother(generation);
        return generation.IsWaiting;
    }

    void GoOnFromAnother(Generation generation)
    {
        CachedSequence mine = generation.Sequence!, better = _store.Take(CollectionsMarshal.AsSpan(generation.Ids), _running, except: generation);
        if (better.Count <= mine.Count)
        {
            _store.Give(better);
            return;
        }
        generation.Sequence = better;
        mine.Dispose();
        int spared = better.Count - generation.CachedPromptTokens;
        _statistics = _statistics with
        {
            CachedPromptTokens = _statistics.CachedPromptTokens + spared,
            CacheHits = _statistics.CacheHits + (generation.CachedPromptTokens == 0 ? 1 : 0),
        };
        generation.CachedPromptTokens += spared;
    }

    void Add(Generation generation, int count)
    {
        CachedSequence sequence = generation.Sequence!;
        Turn turn = new() { Generation = generation, Start = _ids.Count, Before = sequence.Count, Known = generation.Ids.Count };
        for (int i = 0; i < count; i++)
            _ids.Add(generation.Ids[turn.Before + i]);
        if (count == generation.Pending)
        {
            _drafts.Clear();
            generation.Propose(_drafts);
            _ids.AddRange(_drafts);
            turn = turn with { ReachesEnd = true };
        }
        _turns.Add(turn with { Count = _ids.Count - turn.Start });
        _parts.Add(new(sequence.State, turn.Start, _ids.Count - turn.Start));
    }

    /// <summary>Follows the engine: its sequence now holds the ids of the turn.</summary>
    void TakeNote(Turn turn)
    {
        CachedSequence sequence = turn.Generation.Sequence!;
        sequence.Append(CollectionsMarshal.AsSpan(_ids).Slice(turn.Start, turn.Count));
        int end = Math.Min(sequence.Count, turn.Generation.PromptLength);
        for (int position = turn.Before; position < end; position++)
        {
            if (turn.Generation.IsBoundary(sequence.Ids[position]))
                sequence.State.Mark(position + 1);
        }
    }

    /// <summary>Chooses for answers that need the logits of a few ids only; others need the whole matrix, so this comes first.</summary>
    void ChooseAmongFew()
    {
        for (int i = 0; i < _turns.Count; i++)
        {
            Turn turn = _turns[i];
            if (!turn.ReachesEnd || turn.LogitRows != 1 || turn.Generation.FewAllowed(_few) is not (> 0 and int count))
                continue;
            Span<float> logits = _fewLogits.AsSpan(0, count);
            engine.LogitsSelected(turn.Start + turn.Count - 1, _few.AsSpan(0, count), logits);
            _turns[i] = turn with { ReachesEnd = false };
            _statistics = _statistics with { SelectedTokens = _statistics.SelectedTokens + 1 };
            try
            {
                turn.Generation.ChooseAmong(_few.AsSpan(0, count), logits);
            }
#pragma warning disable CA1031 // whatever a constraint throws ends its own answer, and no other
            catch (Exception exception)
#pragma warning restore CA1031
            {
                turn.Generation.Fail(exception);
            }
        }
    }

    void ChooseFromAll()
    {
        _rows.Clear();
        foreach (Turn turn in _turns)
        {
            for (int row = turn.ReachesEnd ? turn.Count - turn.LogitRows : turn.Count; row < turn.Count; row++)
                _rows.Add(turn.Start + row);
        }
        if (_rows.Count == 0)
            return;
        ReadOnlySpan<float> logits = engine.Logits(CollectionsMarshal.AsSpan(_rows));
        foreach (Turn turn in _turns)
        {
            if (!turn.ReachesEnd)
                continue;
            int length = turn.LogitRows * engine.VocabularySize;
            try
            {
                Choose(turn, logits[..length]);
            }
#pragma warning disable CA1031 // whatever a constraint throws ends its own answer, and no other
            catch (Exception exception)
#pragma warning restore CA1031
            {
                turn.Generation.Fail(exception);
            }
            logits = logits[length..];
        }
    }

    /// <summary>Chooses as long as the ids that were run are those that were chosen.</summary>
    void Choose(Turn turn, ReadOnlySpan<float> logits)
    {
        Generation generation = turn.Generation;
        ReadOnlySpan<int> run = generation.Sequence!.Ids;
        int vocab = engine.VocabularySize;
        int followed = turn.Known;    // so many ids of the answer are known to be those that were run
        while (!generation.IsFinished && !generation.IsCancelled)
        {
            while (followed < generation.Ids.Count && followed < run.Length && generation.Ids[followed] == run[followed])
                followed++;
            if (followed < generation.Ids.Count)
                return;
            generation.Choose(logits.Slice((generation.Ids.Count - turn.Known) * vocab, vocab));
        }
    }

    /// <summary>Takes back from the sequence what did not join the answer.</summary>
    void End(Turn turn)
    {
        Generation generation = turn.Generation;
        CachedSequence sequence = generation.Sequence!;
        int right = turn.Known;
        while (right < generation.Ids.Count && right < sequence.Count && generation.Ids[right] == sequence.Ids[right])
            right++;
        right = Math.Min(right, sequence.Count);
        (int proposed, int accepted) = turn.LogitRows > 1 ? generation.Learn(right - turn.Known) : default;
        _statistics = _statistics with
        {
            ProposedTokens = _statistics.ProposedTokens + proposed,
            AcceptedTokens = _statistics.AcceptedTokens + accepted,
        };
        sequence.Truncate(right);
    }

    /// <summary>What a step does for one answer.</summary>
    readonly record struct Turn
    {
        public required Generation Generation { get; init; }

        /// <summary>The first row.</summary>
        public required int Start { get; init; }

        public int Count { get; init; }

        /// <summary>Ids in the sequence before the step.</summary>
        public required int Before { get; init; }

        /// <summary>Ids of prompt and answer before the step.</summary>
        public required int Known { get; init; }

        /// <summary>Whether all pending ids are in the step, so that there are logits to choose by.</summary>
        public bool ReachesEnd { get; init; }

        /// <summary>The last pending id and the guessed ones after it.</summary>
        public int LogitRows => Before + Count - Known + 1;
    }
}
