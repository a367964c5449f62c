using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The activations of one batch, allocated once and used by each layer in turn.</summary>
sealed class ForwardState : IDisposable
{
    readonly List<NativeBuffer<float>> _owned = [];

    /// <summary>Allocates for batches of a size.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="batch">The most tokens of a batch.</param>
    /// <param name="pool">The threads to use; they belong to somebody else.</param>
    public ForwardState(ModelConfig config, int batch, WorkerPool pool)
    {
        Pool = pool;
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
        Logits = Buffer(1, config.VocabSize);
        Mixture = new(config, batch, Buffer);
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

    public NativeBuffer<float> Logits { get; }      // [vocab]

    public MixtureState Mixture { get; }

    /// <summary>Sees what each layer computes; null outside of tests.</summary>
    public IForwardTrace? Trace { get; set; }

    public void Dispose()
    {
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
