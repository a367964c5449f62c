namespace Chorale.Kernels;

/// <summary>
/// Causal attention of one layer with grouped heads, an optional sliding window and a sink: for query i and its visible keys j,
/// <c>y = sum_j w_j v_j, w_j = exp(s_j - m) / (exp(sink - m) + sum_j exp(s_j - m)), s_j = q . k_j / sqrt(headDim)</c>.
/// </summary>
/// <remarks>
/// Source: OpenAI's gpt-oss reference. Query head h reads key-value head h / (heads / kvHeads). Key j is visible to query i where
/// j &lt;= i and, with a window, j &gt; i - window. The sink is a score without a value and is not scaled by 1/sqrt(headDim).
/// </remarks>
static unsafe class Attention
{
    /// <param name="q">Queries, already turned by the rotary embedding, shape [tokens, heads, headDim].</param>
    /// <param name="cache">Keys and values; those of these tokens are stored already.</param>
    /// <param name="sinks">One logit a query head, shape [heads]; empty for none.</param>
    /// <param name="position">Of the first query, from 0.</param>
    /// <param name="tokens">Number of queries, at consecutive positions.</param>
    /// <param name="window">Keys that a query sees, itself included; 0 for all.</param>
    /// <param name="y">Result, shape [tokens, heads, headDim]; must not overlap <paramref name="q"/>.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the ring no longer holds all keys that the queries see.</exception>
    public static void Run(ReadOnlySpan<float> q, LayerKeyValues cache, ReadOnlySpan<float> sinks, int position, int tokens, int window, Span<float> y, WorkerPool pool) =>
        Run(Simd.Level, q, cache, sinks, position, tokens, window, y, pool);

    internal static void Run(SimdLevel level, ReadOnlySpan<float> q, LayerKeyValues cache, ReadOnlySpan<float> sinks, int position, int tokens, int window, Span<float> y, WorkerPool pool)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        if (tokens == 0 && q.IsEmpty && y.IsEmpty)
            return;
        int heads = tokens == 0 ? 0 : q.Length / tokens / cache.HeadDim;
        if (heads == 0 || (long)tokens * heads * cache.HeadDim != q.Length || heads % cache.KvHeads != 0 || y.Length != q.Length)
            throw new ArgumentException($"{q.Length} query numbers and {y.Length} results are not {tokens} tokens with heads of {cache.HeadDim}, a multiple of {cache.KvHeads} each.");
        if (!sinks.IsEmpty && sinks.Length != heads)
            throw new ArgumentException($"{sinks.Length} sinks for {heads} heads.", nameof(sinks));
        long end = (long)position + tokens;
        if (end > int.MaxValue || end - FirstVisible(position, window) > cache.Capacity)
            throw new ArgumentException($"Queries {position} to {end - 1} see keys from {FirstVisible(position, window)} on; the ring holds {cache.Capacity}.", nameof(position));

        fixed (float* qs = q, ys = y, ss = sinks)
        {
            Job job = new(level, qs, cache, sinks.IsEmpty ? null : ss, position, tokens, window, heads, ys);
            pool.Run(cache.KvHeads * tokens, 1, job);
        }
    }

    static int FirstVisible(int position, int window) => window == 0 ? 0 : Math.Max(0, position - window + 1);

    /// <summary>An item is one token and one key-value head, with all query heads that share it.</summary>
    readonly struct Job(SimdLevel level, float* q, LayerKeyValues cache, float* sinks, int position, int tokens, int window, int heads, float* y) : IRangeJob
    {
        public void Run(int start, int end)
        {
            _ = level;
            int group = heads / cache.KvHeads;
            for (int item = start; item < end; item++)
            {
                int kvHead = item / tokens, token = item % tokens;
                for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
                {
                    long at = ((long)token * heads + head) * cache.HeadDim;
                    HeadScalar(q + at, cache, kvHead, sinks is null ? float.NegativeInfinity : sinks[head], position + token, window, y + at);
                }
            }
        }
    }

    static void HeadScalar(float* q, LayerKeyValues cache, int kvHead, float sink, int position, int window, float* y)
    {
        int headDim = cache.HeadDim;
        double scale = 1 / Math.Sqrt(headDim), max = sink;
        for (int j = FirstVisible(position, window); j <= position; j++)
            max = Math.Max(max, Score(q, cache, kvHead, j) * scale);
        double total = Math.Exp(sink - max);
        Span<double> sum = stackalloc double[headDim];
        for (int j = FirstVisible(position, window); j <= position; j++)
        {
            double weight = Math.Exp(Score(q, cache, kvHead, j) * scale - max);
            total += weight;
            ReadOnlySpan<float> value = cache.Value(kvHead, j % cache.Capacity);
            for (int d = 0; d < headDim; d++)
                sum[d] += weight * value[d];
        }
        for (int d = 0; d < headDim; d++)
            y[d] = (float)(sum[d] / total);
    }

    static double Score(float* q, LayerKeyValues cache, int kvHead, int position)
    {
        int slot = position % cache.Capacity;
        ReadOnlySpan<float> block = cache.KeyBlock(kvHead, slot);
        double sum = 0;
        for (int d = 0; d < cache.HeadDim; d++)
            sum += (double)q[d] * block[d * LayerKeyValues.BlockSlots + slot % LayerKeyValues.BlockSlots];
        return sum;
    }
}
