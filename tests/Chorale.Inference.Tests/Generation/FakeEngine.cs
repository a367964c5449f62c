namespace Chorale.Inference.Tests;

/// <summary>An engine whose logits follow from the ids before them, quick enough for thousands of answers, and strict about how it is used.</summary>
sealed class FakeEngine(int vocab = 40, int contextLength = 200) : IBatchEngine
{
    int _busy;
    int[] _rows = [];
    Sequence[] _sequences = [];
    int[] _ends = [];

    public int ContextLength => contextLength;

    public int VocabularySize => vocab;

    /// <summary>How far back a sequence can go, but for its marks; null is any way.</summary>
    public int? Rollback { get; init; }

    public bool CanFork { get; init; } = true;

    /// <summary>Ids of each part of each batch.</summary>
    public List<int[][]> Batches { get; } = [];

    /// <summary>Called at the start of each pass, with its token.</summary>
    public Action<CancellationToken>? BeforeRun { get; set; }

    public int Alive { get; private set; }

    public int Selected { get; private set; }

    public int LogitRows { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>What follows some ids: mostly one of the ids that followed the last one before, so that text repeats itself.</summary>
    public static float[] LogitsAfter(ReadOnlySpan<int> ids, int vocab)
    {
        uint hash = 17;
        foreach (int id in ids[Math.Max(0, ids.Length - 5)..])
            hash = (hash * 31) + (uint)id;
        float[] logits = new float[vocab];
        for (int i = 0; i < vocab; i++)
        {
            uint mixed = (hash + ((uint)i * 2654435761u)) * 2246822519u;
            logits[i] = (mixed >> 16) % 1000 / 200f;
        }
        logits[((ids[^1] * 3) + 1) % vocab] += 3.5f;
        return logits;
    }

    public IEngineSequence CreateSequence()
    {
        Alive++;
        return new Sequence(this, []);
    }

    public void Run(ReadOnlySpan<int> ids, ReadOnlySpan<BatchPart> parts, CancellationToken cancellationToken)
    {
        Assert.Equal(0, Interlocked.Exchange(ref _busy, 1));
        try
        {
            Assert.False(IsDisposed);
            BeforeRun?.Invoke(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            int end = 0;
            List<int[]> batch = [];
            List<Sequence> sequences = [];
            List<int> ends = [];
            foreach (BatchPart part in parts)
            {
                Sequence sequence = (Sequence)part.Sequence;
                Assert.Equal(end, part.Start);
                Assert.True(part.Count > 0);
                Assert.False(sequence.IsDisposed);
                Assert.DoesNotContain(sequence, sequences);
                for (int i = 0; i < part.Count; i++)
                {
                    sequence.Ids.Add(ids[part.Start + i]);
                    sequences.Add(sequence);
                    ends.Add(sequence.Ids.Count);
                }
                Assert.True(sequence.Ids.Count <= contextLength);
                batch.Add(ids.Slice(part.Start, part.Count).ToArray());
                end += part.Count;
            }
            Assert.Equal(ids.Length, end);
            Batches.Add([.. batch]);
            (_sequences, _ends) = ([.. sequences], [.. ends]);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public ReadOnlySpan<float> Logits(scoped ReadOnlySpan<int> rows)
    {
        _rows = rows.ToArray();
        LogitRows += rows.Length;
        return _rows.SelectMany(After).ToArray();
    }

    public void LogitsSelected(int row, ReadOnlySpan<int> ids, Span<float> logits)
    {
        Selected++;
        float[] all = After(row);
        for (int i = 0; i < ids.Length; i++)
            logits[i] = all[ids[i]];
    }

    public void Dispose()
    {
        Assert.False(IsDisposed);
        IsDisposed = true;
    }

    float[] After(int row) => LogitsAfter(_sequences[row].Ids.ToArray().AsSpan(0, _ends[row]), vocab);

    sealed class Sequence(FakeEngine engine, List<int> ids) : IEngineSequence
    {
        readonly HashSet<int> _marks = [];
        int _oldest;    // the first position it can go back to without a mark

        public List<int> Ids { get; } = ids;

        public bool IsDisposed { get; private set; }

        public int Position => Ids.Count;

        public long ByteCount => 10 * Ids.Count;

        public int Reachable(int position)
        {
            _oldest = Math.Max(_oldest, engine.Rollback is { } rollback ? Ids.Count - rollback : 0);
            while (position > 0 && position < _oldest && !_marks.Contains(position))
                position--;
            return position;
        }

        public void Truncate(int position)
        {
            Assert.False(IsDisposed);
            Assert.True(position == Ids.Count || Reachable(position) == position);
            Ids.RemoveRange(position, Ids.Count - position);
            _oldest = Math.Min(_oldest, position);
            _marks.RemoveWhere(mark => mark > position);
        }

        public void Mark(int position) => _marks.Add(position);

        public IEngineSequence? TryFork(int position)
        {
            Assert.True(position == Ids.Count || Reachable(position) == position);
            if (!engine.CanFork)
                return null;
            engine.Alive++;
            return new Sequence(engine, Ids[..position]) { _oldest = position };
        }

        public void Dispose()
        {
            Assert.False(IsDisposed);
            IsDisposed = true;
            engine.Alive--;
        }
    }
}
