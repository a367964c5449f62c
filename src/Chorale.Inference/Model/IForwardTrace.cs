using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>
/// Sees the values inside a forward pass, batch by batch and layer by layer: batches of one sequence, since positions and cache are told of the first alone.
/// The spans are valid during the call.
/// </summary>
interface IForwardTrace
{
    /// <summary>The rows of the embedding.</summary>
    /// <param name="position">Of the first token of the batch.</param>
    /// <param name="residual">Shape [tokens, hidden].</param>
    void Embedded(int position, ReadOnlySpan<float> residual);

    /// <summary>The residual stream after a layer's attention, and what attention saw.</summary>
    void Attended(int layer, int position, ReadOnlySpan<float> query, LayerKeyValues cache, ReadOnlySpan<float> sinks, int window, ReadOnlySpan<float> residual);

    /// <summary>The residual stream after a layer's experts, and the choice of them.</summary>
    void Mixed(int layer, int position, ReadOnlySpan<float> routerLogits, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights, ReadOnlySpan<float> residual);
}
