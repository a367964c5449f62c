using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>A gpt-oss model as an engine of batches.</summary>
/// <param name="model">Computes.</param>
/// <param name="contextLength">Ids a sequence may hold.</param>
/// <param name="batch">The most rows of a batch.</param>
/// <param name="ownsModel">Whether the model is disposed with this object.</param>
sealed class GptOssEngine(GptOssModel model, int contextLength, int batch, bool ownsModel) : IBatchEngine
{
    const int FirstMarks = 2, LastMarks = 6;

    readonly ForwardState _state = new(model.Config, batch, model.Pool, model.IsFast);
    readonly List<SequenceSpan> _spans = [];

    public int ContextLength => contextLength;

    public int VocabularySize => model.Config.VocabSize;

    public IEngineSequence CreateSequence() => new Sequence(this, CreateCache());

    public void Run(ReadOnlySpan<int> ids, ReadOnlySpan<BatchPart> parts, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(model.IsDisposed, model);
        _spans.Clear();
        foreach (BatchPart part in parts)
            _spans.Add(new(((Sequence)part.Sequence).Cache, part.Start, part.Count));
        model.Pass.Run(ids, CollectionsMarshal.AsSpan(_spans), _state, cancellationToken);
    }

    public ReadOnlySpan<float> Logits(scoped ReadOnlySpan<int> rows) => model.Pass.Logits(rows, _state);

    public void LogitsSelected(int row, ReadOnlySpan<int> ids, Span<float> logits) => model.Pass.LogitsSelected(row, ids, logits, _state);

    public void Dispose()
    {
        _state.Dispose();
        if (ownsModel)
            model.Dispose();
    }

    KvCache CreateCache() => new(model.Config, contextLength, Math.Min(batch, contextLength), GptOssSession.DefaultRollback, model.KeyValueType);

    sealed class Sequence(GptOssEngine engine, KvCache cache) : IEngineSequence
    {
        public KvCache Cache => cache;

        public int Position => cache.Position;

        public long ByteCount => cache.ByteCount;

        public int Reachable(int position) => cache.LastReachable(position);

        public void Truncate(int position)
        {
            if (!cache.TryTruncate(position))
                throw new InvalidOperationException($"The sequence of {cache.Position} ids cannot go back to {position}.");
        }

        /// <summary>Keeps the marks of the beginning, which conversations share, and the latest, where the next turn parts from this one.</summary>
        public void Mark(int position)
        {
            if (cache.TrySnapshot(position) && cache.Snapshots.Count() > FirstMarks + LastMarks)
                cache.DropSnapshot(cache.Snapshots.ElementAt(FirstMarks));
        }

        public IEngineSequence? TryFork(int position)
        {
            KvCache copy = engine.CreateCache();
            if (copy.TryFork(cache, position))
                return new Sequence(engine, copy);
            copy.Dispose();
            return null;
        }

        public void Dispose() => cache.Dispose();
    }
}
