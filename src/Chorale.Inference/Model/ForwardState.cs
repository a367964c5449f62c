using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The activations of one batch, allocated once and used by each layer in turn.</summary>
sealed class ForwardState : IDisposable
{
    readonly List<NativeBuffer<float>> _owned = [];
    readonly int _batch, _vocab;
    SequenceSpan[] _sequences = new SequenceSpan[1];
    int _sequenceCount;
    NativeBuffer<float> _logits;    // [rows asked for so far, vocab]

    /// <summary>Allocates for batches of a size.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="batch">The most tokens of a batch.</param>
    /// <param name="pool">The threads to use; they belong to somebody else.</param>
    /// <param name="isFast">Whether activations may be rounded to 8 bits in front of matrices.</param>
    public ForwardState(ModelConfig config, int batch, WorkerPool pool, bool isFast = false)
    {
        (Pool, _batch, _vocab) = (pool, batch, config.VocabSize);
        int queryRows = config.NumAttentionHeads * config.HeadDim, keyRows = config.NumKeyValueHeads * config.HeadDim;
        Residual = Buffer(batch, config.HiddenSize);
        Normed = Buffer(batch, config.HiddenSize);
        Delta = Buffer(batch, config.HiddenSize);
        Cos = Buffer(batch, config.HeadDim / 2);
        Sin = Buffer(batch, config.HeadDim / 2);
        Query = Buffer(batch, queryRows);
        Key = Buffer(batch, keyRows);
        Value = Buffer(batch, keyRows);
        Attended = Buffer(batch, queryRows);
        _logits = new(_vocab);
        Mixture = new(config, batch, Buffer, isFast);
        if (isFast && config.HiddenSize % QuantizedRow.BlockLength == 0)
            NormedBytes = new(batch, config.HiddenSize);
        if (isFast && queryRows % QuantizedRow.BlockLength == 0)
            AttendedBytes = new(batch, queryRows);
    }

    public WorkerPool Pool { get; }

    public NativeBuffer<float> Residual { get; }    // [tokens, hidden]

    public NativeBuffer<float> Normed { get; }      // [tokens, hidden]

    public NativeBuffer<float> Delta { get; }       // [tokens, hidden], what a block adds to the residual stream

    public NativeBuffer<float> Cos { get; }         // [tokens, headDim / 2], of the batch's positions

    public NativeBuffer<float> Sin { get; }         // [tokens, headDim / 2]

    public NativeBuffer<float> Query { get; }       // [tokens, heads, headDim]

    public NativeBuffer<float> Key { get; }         // [tokens, kvHeads, headDim]

    public NativeBuffer<float> Value { get; }       // [tokens, kvHeads, headDim]

    public NativeBuffer<float> Attended { get; }    // [tokens, heads, headDim]

    /// <summary><see cref="Normed"/> in 8 bits; null where all is computed in float32.</summary>
    public QuantizedRows? NormedBytes { get; }

    /// <summary><see cref="Attended"/> in 8 bits; null where all is computed in float32.</summary>
    public QuantizedRows? AttendedBytes { get; }

    public AttentionBatch Attention { get; } = new();    // the batch's sequences in the layer at hand

    public MixtureState Mixture { get; }

    /// <summary>Sees what each layer computes; null outside of tests.</summary>
    public IForwardTrace? Trace { get; set; }

    /// <summary>The sequences of the batch, in the order of its rows.</summary>
    public ReadOnlySpan<SequenceSpan> Sequences => _sequences.AsSpan(0, _sequenceCount);

    /// <summary>The position of the batch's first row, for the trace.</summary>
    public int FirstPosition => _sequences[0].Cache.Position;

    /// <summary>Takes the sequences of a batch.</summary>
    /// <exception cref="ArgumentException">They are not all rows in order, a cache stands in two of them, or the batch is too large.</exception>
    public void Begin(ReadOnlySpan<SequenceSpan> sequences, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, _batch);
        int end = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            SequenceSpan sequence = sequences[i];
            if (sequence.Start != end || sequence.Count < 1)
                throw new ArgumentException($"Sequence {i} has {sequence.Count} rows from {sequence.Start} on; the one before it ends at {end}.", nameof(sequences));
            for (int other = 0; other < i; other++)
            {
                if (ReferenceEquals(sequences[other].Cache, sequence.Cache))
                    throw new ArgumentException($"Sequences {other} and {i} are the same.", nameof(sequences));
            }
            end += sequence.Count;
        }
        if (end != tokens)
            throw new ArgumentException($"The sequences have {end} rows, the batch {tokens}.", nameof(sequences));
        if (_sequences.Length < sequences.Length)
            _sequences = new SequenceSpan[sequences.Length];
        sequences.CopyTo(_sequences);
        _sequenceCount = sequences.Length;
    }

    /// <summary>Room for the logits of some rows, shape [rows, vocab]; it grows to the most rows asked for.</summary>
    public Span<float> LogitsOf(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _batch);
        long length = (long)rows * _vocab;
        if (_logits.Length < length)
        {
            _logits.Dispose();
            _logits = new(length);
        }
        return _logits.Slice(0, checked((int)length));
    }

    public void Dispose()
    {
        _logits.Dispose();
        Attention.Dispose();
        NormedBytes?.Dispose();
        AttendedBytes?.Dispose();
        Mixture.Dispose();
        foreach (NativeBuffer<float> buffer in _owned)
            buffer.Dispose();
    }

    NativeBuffer<float> Buffer(int rows, int columns)
    {
        NativeBuffer<float> buffer = new((long)rows * columns);
        _owned.Add(buffer);
        return buffer;
    }
}
