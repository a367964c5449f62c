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
    /// <param name="cache">The sequence so far; takes the keys and values of the batch.</param>
    /// <param name="state">The batch's activations.</param>
    /// <param name="cancellationToken">Looked at before each layer; the cache then stays at its position.</param>
    public void Run(ReadOnlySpan<int> ids, KvCache cache, ForwardState state, CancellationToken cancellationToken)
    {
        Span<float> x = state.Residual.Slice(0, ids.Length * _config.HiddenSize);
        cache.Reserve(ids.Length);
        Embed(ids, cache.Position, x, state);
        foreach ((AttentionBlock attention, MixtureBlock mixture) in _layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            attention.AddTo(x, ids.Length, cache, state);            // x += attention(norm(x))
            mixture.AddTo(x, ids.Length, cache.Position, state);     // x += experts(norm(x))
        }
        cache.Advance(ids.Length);
    }

    /// <summary>The logits of one token of the last batch, shape [vocab], valid until the next call.</summary>
    public ReadOnlySpan<float> Logits(int token, ForwardState state)
    {
        Span<float> normed = state.Normed.Slice(0, _config.HiddenSize);
        Span<float> logits = state.Logits.Span;
        Rows.Norm(state.Residual.Slice((long)token * _config.HiddenSize, _config.HiddenSize), _weights.FinalNorm, _config.RmsNormEps, normed);
        MatMul.Run(_weights.Unembedding, [], normed, tokens: 1, logits, state.Pool);    // [vocab, hidden] · [hidden]
        return logits;
    }

    void Embed(ReadOnlySpan<int> ids, int position, Span<float> x, ForwardState state)
    {
        int hidden = _config.HiddenSize, pairs = _config.HeadDim / 2;
        for (int token = 0; token < ids.Length; token++)
        {
            _weights.Embedding.CopyRow(ids[token], x.Slice(token * hidden, hidden));
            _rotary.Angles(position + token, state.Cos.Slice((long)token * pairs, pairs), state.Sin.Slice((long)token * pairs, pairs));
        }
        state.Trace?.Embedded(position, x);
    }
}
