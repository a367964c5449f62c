using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The model's arithmetic, from ids to logits, in float32.</summary>
/// <remarks>Source: OpenAI's gpt-oss reference (<c>gpt_oss/torch/model.py</c>). Immutable; the state of a sequence comes from outside.</remarks>
sealed class ForwardPass
{
    readonly ModelWeights _weights;
    readonly ModelConfig _config;
    readonly RotaryEmbedding _rotary;
    readonly (AttentionBlock Attention, MixtureBlock Mixture)[] _layers;

    public ForwardPass(ModelWeights weights, ModelConfig config)
    {
        (_weights, _config) = (weights, config);
        _rotary = new(new Yarn
        {
            HeadDim = config.HeadDim,
            Theta = config.RopeTheta,
            Factor = config.RopeScaling.Factor,
            OriginalContext = config.RopeScaling.OriginalMaxPositionEmbeddings,
            BetaFast = config.RopeScaling.BetaFast,
            BetaSlow = config.RopeScaling.BetaSlow,
            ExtrapolationFactor = config.RopeScaling.ExtrapolationFactor,
            AttentionFactor = config.RopeScaling.AttentionFactor,
            Truncate = config.RopeScaling.Truncate,
        });
        _layers = [.. weights.Layers.Select((layer, index) => (new AttentionBlock(layer.Attention, config, index), new MixtureBlock(layer.Mixture, config, index)))];
    }

    /// <summary>Runs one batch through all layers; its residual stream is then in <paramref name="state"/>.</summary>
    /// <param name="ids">At least one, no more than the state holds, all in the vocabulary.</param>
    /// <param name="sequences">Whose rows they are: together all rows, in order. No row sees those of another sequence.</param>
    /// <param name="state">The batch's activations.</param>
    /// <param name="cancellationToken">Looked at before each layer; the caches then stay at their positions.</param>
    public void Run(ReadOnlySpan<int> ids, ReadOnlySpan<SequenceSpan> sequences, ForwardState state, CancellationToken cancellationToken)
    {
        Span<float> x = state.Residual.Slice(0, ids.Length * _config.HiddenSize);
        state.Begin(sequences, ids.Length);
        foreach (SequenceSpan sequence in sequences)
            sequence.Cache.Reserve(sequence.Count);
        Embed(ids, x, state);
        foreach ((AttentionBlock attention, MixtureBlock mixture) in _layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            attention.AddTo(x, ids.Length, state);                           // x += attention(norm(x))
            mixture.AddTo(x, ids.Length, state.FirstPosition, state);        // x += experts(norm(x))
        }
        foreach (SequenceSpan sequence in sequences)
            sequence.Cache.Advance(sequence.Count);
    }

    /// <summary>The logits of some rows of the last batch, by one pass over the output matrix.</summary>
    /// <param name="rows">Rows of the batch, at most as many as the state holds tokens.</param>
    /// <param name="state">What <see cref="Run"/> left.</param>
    /// <returns>Shape [rows, vocab]; the state's memory, valid until the next call.</returns>
    public ReadOnlySpan<float> Logits(scoped ReadOnlySpan<int> rows, ForwardState state)
    {
        Span<float> normed = state.Normed.Slice(0, rows.Length * _config.HiddenSize);
        Span<float> logits = state.LogitsOf(rows.Length);
        for (int i = 0; i < rows.Length; i++)
            NormRow(rows[i], normed.Slice(i * _config.HiddenSize, _config.HiddenSize), state);
        Product.Run(_weights.Unembedding, [], normed, state.NormedBytes, rows.Length, logits, state.Pool);    // [vocab, hidden] · [hidden]
        return logits;
    }

    /// <summary>The logits of a few ids after one row of the last batch; only their rows of the output matrix are read.</summary>
    /// <param name="row">A row of the batch.</param>
    /// <param name="ids">In the vocabulary.</param>
    /// <param name="logits">Result, those of <paramref name="ids"/> in their order, shape [ids].</param>
    /// <param name="state">What <see cref="Run"/> left; what <see cref="Logits"/> gave is overwritten.</param>
    public void LogitsSelected(int row, ReadOnlySpan<int> ids, Span<float> logits, ForwardState state)
    {
        Span<float> normed = state.Normed.Slice(0, _config.HiddenSize);
        NormRow(row, normed, state);
        if (state.NormedBytes is { } bytes && _weights.Unembedding.IsTiled)
        {
            bytes.Set(normed, state.Pool);
            TileMatMul.RunSelectedRows(_weights.Unembedding, ids, bytes, 0, logits);
            return;
        }
        Span<float> all = state.LogitsOf(1);
        for (int i = 0; i < ids.Length; i++)
        {
            MatMul.RunRows(_weights.Unembedding, [], normed, tokens: 1, all, _config.VocabSize, ids[i], ids[i] + 1);
            logits[i] = all[ids[i]];
        }
    }

    void NormRow(int row, Span<float> normed, ForwardState state) =>
        RmsNorm.Run(state.Residual.Slice((long)row * _config.HiddenSize, _config.HiddenSize), _weights.FinalNorm, _config.RmsNormEps, normed);

    void Embed(ReadOnlySpan<int> ids, Span<float> x, ForwardState state)
    {
        int hidden = _config.HiddenSize, pairs = _config.HeadDim / 2;
        foreach (SequenceSpan sequence in state.Sequences)
        {
            for (int i = 0; i < sequence.Count; i++)
            {
                int row = sequence.Start + i;
                _weights.Embedding.CopyRow(ids[row], x.Slice(row * hidden, hidden));
                _rotary.Angles(sequence.Cache.Position + i, state.Cos.Slice((long)row * pairs, pairs), state.Sin.Slice((long)row * pairs, pairs));
            }
        }
        state.Trace?.Embedded(state.FirstPosition, x);
    }
}
