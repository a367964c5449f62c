using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
            int items = cache.KvHeads * tokens;
            if (2L * q.Length * (end - FirstVisible(position, window)) < MatMul.WorthSharing)
                job.Run(0, items);
            else
                pool.Run(items, Math.Clamp(items / (pool.Threads * 16), 1, 32), job);
        }
    }

    static int FirstVisible(int position, int window) => window == 0 ? 0 : Math.Max(0, position - window + 1);

    /// <summary>An item is one token and one key-value head, with all query heads that share it.</summary>
    readonly struct Job(SimdLevel level, float* q, LayerKeyValues cache, float* sinks, int position, int tokens, int window, int heads, float* y) : IRangeJob
    {
        public void Run(int start, int end)
        {
            int group = heads / cache.KvHeads;
            for (int item = start; item < end; item++)
            {
                int kvHead = item / tokens, token = item % tokens;
                long at = ((long)token * heads + kvHead * group) * cache.HeadDim;
                Query query = new()
                {
                    Q = q + at,
                    Keys = cache.Keys(kvHead),
                    Values = cache.Values(kvHead),
                    Sinks = sinks is null ? null : sinks + kvHead * group,
                    Heads = group,
                    HeadDim = cache.HeadDim,
                    Capacity = cache.Capacity,
                    First = FirstVisible(position + token, window),
                    Last = position + token,
                    Y = y + at,
                };
                switch (level)
                {
                    case SimdLevel.Vector512 when query.HeadDim % Width512.Count == 0: Run<Width512, Vector512<float>>(query); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 when query.HeadDim % Width256.Count == 0: Run<Width256, Vector256<float>>(query); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 or SimdLevel.Vector128 when query.HeadDim % Width128.Count == 0: Run<Width128, Vector128<float>>(query); break;
                    default: RunScalar(query); break;
                }
            }
        }
    }

    /// <summary>One token's queries that share a key-value head, and what they see.</summary>
    readonly struct Query
    {
        public float* Q { get; init; }   // [heads, headDim]
        public float* Keys { get; init; }   // [capacity / 32, headDim, 32]
        public float* Values { get; init; }   // [capacity, headDim]
        public float* Sinks { get; init; }   // [heads], or null
        public int Heads { get; init; }
        public int HeadDim { get; init; }
        public int Capacity { get; init; }
        public int First { get; init; }   // the positions that it sees, both included
        public int Last { get; init; }
        public float* Y { get; init; }   // [heads, headDim]
    }

    static void RunScalar(in Query query)
    {
        int headDim = query.HeadDim;
        Span<double> sum = stackalloc double[Math.Min(headDim, 1024)];
        if (headDim > sum.Length)
            sum = new double[headDim];   // no real model has such heads
        for (int head = 0; head < query.Heads; head++)
        {
            double sink = query.Sinks is null ? double.NegativeInfinity : query.Sinks[head], max = sink;
            for (int j = query.First; j <= query.Last; j++)
                max = Math.Max(max, ScoreScalar(query, head, j));
            double total = Math.Exp(sink - max);
            sum.Clear();
            for (int j = query.First; j <= query.Last; j++)
            {
                double weight = Math.Exp(ScoreScalar(query, head, j) - max);
                total += weight;
                float* value = query.Values + (long)(j % query.Capacity) * headDim;
                for (int d = 0; d < headDim; d++)
                    sum[d] += weight * value[d];
            }
            for (int d = 0; d < headDim; d++)
                query.Y[head * headDim + d] = (float)(sum[d] / total);
        }
    }

    static double ScoreScalar(in Query query, int head, int position)
    {
        int slot = position % query.Capacity, block = LayerKeyValues.BlockSlots;
        float* key = query.Keys + (long)(slot / block * block) * query.HeadDim + slot % block;
        double sum = 0;
        for (int d = 0; d < query.HeadDim; d++)
            sum += (double)query.Q[head * query.HeadDim + d] * key[d * block];
        return sum / Math.Sqrt(query.HeadDim);
    }

    /// <summary>Keys that are scored before their values are read: scores of 8 heads stay in the first-level cache.</summary>
    const int TileSlots = 128;

    /// <remarks>
    /// The online softmax of Milakov and Gimelshein 2018 over tiles of slots, as in flash attention; the sink is where the running maximum and
    /// sum start. Four heads share each key and value that is loaded.
    /// </remarks>
    static void Run<TWidth, TVector>(in Query query)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int heads = query.Heads, headDim = query.HeadDim;
        float* q = Scratch.Floats(checked(heads * (2 * headDim + TileSlots + 2)));
        float* sums = q + heads * headDim;              // [heads, headDim]
        float* scores = sums + heads * headDim;         // [heads, 128]
        float* max = scores + heads * TileSlots;        // [heads]
        float* total = max + heads;                     // [heads]

        float scale = 1 / MathF.Sqrt(headDim);
        for (int i = 0; i < heads * headDim; i++)
            q[i] = query.Q[i] * scale;
        new Span<float>(sums, heads * headDim).Clear();
        for (int head = 0; head < heads; head++)
        {
            max[head] = query.Sinks is null ? float.NegativeInfinity : query.Sinks[head];
            total[head] = query.Sinks is null ? 0 : 1;
        }

        int count;
        for (int position = query.First; position <= query.Last; position += count)
        {
            int slot = position % query.Capacity, skip = slot % LayerKeyValues.BlockSlots;
            count = Math.Min(Math.Min(query.Last - position + 1, query.Capacity - slot), TileSlots - skip);
            int padded = (skip + count + LayerKeyValues.BlockSlots - 1) / LayerKeyValues.BlockSlots * LayerKeyValues.BlockSlots;

            float* keys = query.Keys + (long)(slot - skip) * headDim;
            int head = 0;
            for (; head + 4 <= heads; head += 4)
                Score4<TWidth, TVector>(q + head * headDim, headDim, keys, padded, scores + head * TileSlots);
            for (; head < heads; head++)
                Score1<TWidth, TVector>(q + head * headDim, headDim, keys, padded, scores + head * TileSlots);

            for (head = 0; head < heads; head++)
                Weigh<TWidth, TVector>(scores + head * TileSlots, skip, count, padded, max + head, total + head, sums + head * headDim, headDim);

            float* values = query.Values + (long)slot * headDim;
            head = 0;
            if (headDim % (2 * TWidth.Count) == 0)
                for (; head + 4 <= heads; head += 4)
                    AddValues4<TWidth, TVector>(scores + head * TileSlots + skip, values, count, headDim, sums + head * headDim);
            for (; head < heads; head++)
                AddValues1<TWidth, TVector>(scores + head * TileSlots + skip, values, count, headDim, sums + head * headDim);
        }

        for (int head = 0; head < heads; head++)
            for (int d = 0; d < headDim; d++)
                query.Y[head * headDim + d] = sums[head * headDim + d] / total[head];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Score4<TWidth, TVector>(float* q, int headDim, float* keys, int slots, float* scores)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* q0 = q, q1 = q + headDim, q2 = q + 2 * headDim, q3 = q + 3 * headDim;
        for (int slot = 0; slot < slots; slot += 2 * TWidth.Count)
        {
            float* key = keys + slot / LayerKeyValues.BlockSlots * LayerKeyValues.BlockSlots * headDim + slot % LayerKeyValues.BlockSlots;
            TVector a0 = default, a1 = default, a2 = default, a3 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default;
            for (int d = 0; d < headDim; d++, key += LayerKeyValues.BlockSlots)
            {
                TVector k0 = TWidth.Load(key), k1 = TWidth.Load(key + TWidth.Count);
                TVector v = TWidth.Broadcast(q0[d]);
                a0 = TWidth.MultiplyAdd(v, k0, a0);
                b0 = TWidth.MultiplyAdd(v, k1, b0);
                v = TWidth.Broadcast(q1[d]);
                a1 = TWidth.MultiplyAdd(v, k0, a1);
                b1 = TWidth.MultiplyAdd(v, k1, b1);
                v = TWidth.Broadcast(q2[d]);
                a2 = TWidth.MultiplyAdd(v, k0, a2);
                b2 = TWidth.MultiplyAdd(v, k1, b2);
                v = TWidth.Broadcast(q3[d]);
                a3 = TWidth.MultiplyAdd(v, k0, a3);
                b3 = TWidth.MultiplyAdd(v, k1, b3);
            }
            float* to = scores + slot;
            TWidth.Store(a0, to);
            TWidth.Store(b0, to + TWidth.Count);
            TWidth.Store(a1, to + TileSlots);
            TWidth.Store(b1, to + TileSlots + TWidth.Count);
            TWidth.Store(a2, to + 2 * TileSlots);
            TWidth.Store(b2, to + 2 * TileSlots + TWidth.Count);
            TWidth.Store(a3, to + 3 * TileSlots);
            TWidth.Store(b3, to + 3 * TileSlots + TWidth.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Score1<TWidth, TVector>(float* q, int headDim, float* keys, int slots, float* scores)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int slot = 0; slot < slots; slot += 2 * TWidth.Count)
        {
            float* key = keys + slot / LayerKeyValues.BlockSlots * LayerKeyValues.BlockSlots * headDim + slot % LayerKeyValues.BlockSlots;
            TVector a = default, b = default;
            for (int d = 0; d < headDim; d++, key += LayerKeyValues.BlockSlots)
            {
                TVector v = TWidth.Broadcast(q[d]);
                a = TWidth.MultiplyAdd(v, TWidth.Load(key), a);
                b = TWidth.MultiplyAdd(v, TWidth.Load(key + TWidth.Count), b);
            }
            TWidth.Store(a, scores + slot);
            TWidth.Store(b, scores + slot + TWidth.Count);
        }
    }

    /// <summary>Turns a tile's scores to weights under the running maximum, and what was summed before to the same scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weigh<TWidth, TVector>(float* scores, int skip, int count, int padded, float* max, float* total, float* sums, int headDim)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int i = 0; i < skip; i++)
            scores[i] = float.NegativeInfinity;
        for (int i = skip + count; i < padded; i++)
            scores[i] = float.NegativeInfinity;

        TVector most = TWidth.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < padded; i += TWidth.Count)
            most = TWidth.Max(TWidth.Load(scores + i), most);
        float found = TWidth.MaxLane(most);
        if (found > *max)
        {
            float shrink = MathF.Exp(*max - found);
            *max = found;
            *total *= shrink;
            TVector factor = TWidth.Broadcast(shrink);
            for (int d = 0; d < headDim; d += TWidth.Count)
                TWidth.Store(TWidth.Multiply(TWidth.Load(sums + d), factor), sums + d);
        }

        TVector sum = default, minusMax = TWidth.Broadcast(-*max);
        for (int i = 0; i < padded; i += TWidth.Count)
        {
            TVector weight = VectorExp.Run<TWidth, TVector>(TWidth.Add(TWidth.Load(scores + i), minusMax));
            TWidth.Store(weight, scores + i);
            sum = TWidth.Add(sum, weight);
        }
        *total += TWidth.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues4<TWidth, TVector>(float* weights, float* values, int count, int headDim, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* w1 = weights + TileSlots, w2 = weights + 2 * TileSlots, w3 = weights + 3 * TileSlots;
        for (int d = 0; d < headDim; d += 2 * TWidth.Count)
        {
            float* s0 = sums + d, s1 = s0 + headDim, s2 = s1 + headDim, s3 = s2 + headDim;
            TVector a0 = TWidth.Load(s0), a1 = TWidth.Load(s1), a2 = TWidth.Load(s2), a3 = TWidth.Load(s3);
            TVector b0 = TWidth.Load(s0 + TWidth.Count), b1 = TWidth.Load(s1 + TWidth.Count);
            TVector b2 = TWidth.Load(s2 + TWidth.Count), b3 = TWidth.Load(s3 + TWidth.Count);
            float* value = values + d;
            for (int j = 0; j < count; j++, value += headDim)
            {
                TVector v0 = TWidth.Load(value), v1 = TWidth.Load(value + TWidth.Count);
                TVector w = TWidth.Broadcast(weights[j]);
                a0 = TWidth.MultiplyAdd(w, v0, a0);
                b0 = TWidth.MultiplyAdd(w, v1, b0);
                w = TWidth.Broadcast(w1[j]);
                a1 = TWidth.MultiplyAdd(w, v0, a1);
                b1 = TWidth.MultiplyAdd(w, v1, b1);
                w = TWidth.Broadcast(w2[j]);
                a2 = TWidth.MultiplyAdd(w, v0, a2);
                b2 = TWidth.MultiplyAdd(w, v1, b2);
                w = TWidth.Broadcast(w3[j]);
                a3 = TWidth.MultiplyAdd(w, v0, a3);
                b3 = TWidth.MultiplyAdd(w, v1, b3);
            }
            TWidth.Store(a0, s0);
            TWidth.Store(a1, s1);
            TWidth.Store(a2, s2);
            TWidth.Store(a3, s3);
            TWidth.Store(b0, s0 + TWidth.Count);
            TWidth.Store(b1, s1 + TWidth.Count);
            TWidth.Store(b2, s2 + TWidth.Count);
            TWidth.Store(b3, s3 + TWidth.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues1<TWidth, TVector>(float* weights, float* values, int count, int headDim, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int d = 0; d < headDim; d += TWidth.Count)
        {
            TVector sum = TWidth.Load(sums + d);
            for (int j = 0; j < count; j++)
                sum = TWidth.MultiplyAdd(TWidth.Broadcast(weights[j]), TWidth.Load(values + (long)j * headDim + d), sum);
            TWidth.Store(sum, sums + d);
        }
    }
}
