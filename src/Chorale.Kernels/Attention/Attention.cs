using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>
/// Causal attention of one layer with grouped heads, an optional sliding window and a sink: for query i and its visible keys j,
/// <c>y = sum_j w_j v_j, w_j = exp(s_j - m) / (exp(sink - m) + sum_j exp(s_j - m)), s_j = q . k_j / sqrt(headDim)</c>.
/// </summary>
/// <remarks>
/// Source: OpenAI's gpt-oss reference. Query head h reads key-value head h / (heads / kvHeads). Key j is visible to query i where
/// j &lt;= i and, with a window, j &gt; i - window. The sink is a score without a value and is not scaled by 1/sqrt(headDim).
/// A query's result does not depend, in any bit, on the other queries of the batch nor on the number of threads.
/// </remarks>
static unsafe partial class Attention
{
    /// <summary>Tokens whose queries read a decoded tile of keys together.</summary>
    const int TileTokens = 8;

    /// <param name="q">Queries, already turned by the rotary embedding, shape [tokens, heads, headDim].</param>
    /// <param name="batch">Whose queries they are; their own keys and values are stored already.</param>
    /// <param name="sinks">One logit a query head, shape [heads]; empty for none.</param>
    /// <param name="window">Keys that a query sees, itself included; 0 for all.</param>
    /// <param name="y">Result, shape [tokens, heads, headDim]; must not overlap <paramref name="q"/>.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a cache does not hold all keys that its queries see.</exception>
    public static void Run(ReadOnlySpan<float> q, AttentionBatch batch, ReadOnlySpan<float> sinks, int window, Span<float> y, WorkerPool pool) =>
        Run(Simd.Level, q, batch, sinks, window, y, pool);

    internal static void Run(SimdLevel level, ReadOnlySpan<float> q, AttentionBatch batch, ReadOnlySpan<float> sinks, int window, Span<float> y, WorkerPool pool)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        if (batch.Count == 0 && q.IsEmpty && y.IsEmpty)
            return;
        if (batch.Count == 0)
            throw new ArgumentException($"{q.Length} query numbers of no sequence.", nameof(batch));
        KeyValueLayout layout = batch.Spans[0].Cache.Layout;
        int heads = q.Length / batch.Tokens / layout.HeadDim;
        if (heads == 0 || (long)batch.Tokens * heads * layout.HeadDim != q.Length || heads % layout.KvHeads != 0 || y.Length != q.Length)
            throw new ArgumentException($"{q.Length} query numbers and {y.Length} results are not {batch.Tokens} tokens with heads of {layout.HeadDim}, a multiple of {layout.KvHeads} each.");
        if (!sinks.IsEmpty && sinks.Length != heads)
            throw new ArgumentException($"{sinks.Length} sinks for {heads} heads.", nameof(sinks));

        long work = 0;              // multiply-adds
        int tiles = 0, longest = 0;
        foreach (AttentionSpan span in batch.Spans)
        {
            int first = FirstVisible(span.Position, window), last = span.Position + span.Count - 1;
            if (!span.Cache.Holds(first, last))
                throw new ArgumentException($"Queries {span.Position} to {last} see keys from {first} on, which the cache does not hold.", nameof(batch));
            work += 2L * span.Count * heads * layout.HeadDim * (last - first + 1);
            tiles += (span.Count + TileTokens - 1) / TileTokens;
            longest = Math.Max(longest, (last / ChunkPositions) - (first / ChunkPositions) + 1);
        }

        // Few queries with a long past are too few items for all threads: then parts of their past are items as well.
        bool split = tiles == batch.Count && longest > 1 && tiles * layout.KvHeads < 16 * pool.Threads && pool.Threads > 1 && level != SimdLevel.Scalar;
        int group = heads / layout.KvHeads, padded = (group + 3) / 4 * 4;
        fixed (float* qs = q, ys = y, ss = sinks)
        {
            Call call = new()
            {
                Level = level,
                Batch = batch,
                Q = qs,
                Y = ys,
                Sinks = sinks.IsEmpty ? null : ss,
                Window = window,
                Group = group,
                Rows = padded,
                Tiles = tiles,
                Chunks = longest,
                Partials = split ? batch.Partials((long)tiles * layout.KvHeads * longest * TileTokens * StateLength(padded, layout.HeadDim)) : null,
            };
            int items = tiles * layout.KvHeads;
            if (work < MatMul.WorthSharing)
                new TileJob(call).Run(0, items);
            else if (!split)
                pool.Run(items, Math.Clamp(items / (pool.Threads * 16), 1, 8), new TileJob(call));
            else
            {
                pool.Run(items * longest, 1, new PartJob(call));
                new JoinJob(call).Run(0, items);
            }
        }
    }

    static int FirstVisible(int position, int window) => window == 0 ? 0 : Math.Max(0, position - window + 1);

    /// <summary>What all items of a call share.</summary>
    readonly struct Call
    {
        public SimdLevel Level { get; init; }
        public AttentionBatch Batch { get; init; }
        public float* Q { get; init; }          // [tokens, heads, headDim]
        public float* Y { get; init; }          // [tokens, heads, headDim]
        public float* Sinks { get; init; }      // [heads], or null
        public int Window { get; init; }
        public int Group { get; init; }         // query heads of a key-value head
        public int Rows { get; init; }          // the same, rounded up to what kernels take at a time
        public int Tiles { get; init; }         // of all sequences
        public int Chunks { get; init; }        // the most of a sequence, where they are split
        public float* Partials { get; init; }   // [kvHeads, tiles, chunks, TileTokens, state]

        /// <summary>A tile of one key-value head, by number.</summary>
        public Tile TileOf(int item)
        {
            int kvHead = item / Tiles, tile = item % Tiles;
            foreach (AttentionSpan span in Batch.Spans)
            {
                int tiles = (span.Count + TileTokens - 1) / TileTokens;
                if (tile >= tiles)
                {
                    tile -= tiles;
                    continue;
                }
                KeyValueLayout layout = span.Cache.Layout;
                int token = tile * TileTokens, stride = Group * layout.KvHeads * layout.HeadDim;
                long at = (long)(span.Start + token) * stride + (long)kvHead * Group * layout.HeadDim;
                return new()
                {
                    Cache = span.Cache,
                    KvHead = kvHead,
                    Position = span.Position + token,
                    Tokens = Math.Min(TileTokens, span.Count - token),
                    Window = Window,
                    Group = Group,
                    Rows = Rows,
                    Q = Q + at,
                    Y = Y + at,
                    Stride = stride,
                    Sinks = Sinks is null ? null : Sinks + kvHead * Group,
                };
            }
            throw new ArgumentOutOfRangeException(nameof(item));
        }
    }

    /// <summary>Queries of some neighbouring tokens that share a key-value head.</summary>
    readonly struct Tile
    {
        public LayerKeyValues Cache { get; init; }
        public int KvHead { get; init; }
        public int Position { get; init; }   // of the first token
        public int Tokens { get; init; }
        public int Window { get; init; }
        public int Group { get; init; }      // heads of a token
        public int Rows { get; init; }       // the same, padded
        public float* Q { get; init; }       // [tokens, group, headDim], Stride from token to token
        public float* Y { get; init; }       // the same
        public int Stride { get; init; }
        public float* Sinks { get; init; }   // [group], or null

        public int First => FirstVisible(Position, Window);

        public int Last => Position + Tokens - 1;
    }

    /// <summary>An item is a tile of one key-value head.</summary>
    readonly struct TileJob(Call call) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int item = start; item < end; item++)
            {
                Tile tile = call.TileOf(item);
                int headDim = tile.Cache.Layout.HeadDim;
                switch (call.Level)
                {
                    case SimdLevel.Vector512 when headDim % Width512.Count == 0: RunTile<Width512, Vector512<float>>(tile); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 when headDim % Width256.Count == 0: RunTile<Width256, Vector256<float>>(tile); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 or SimdLevel.Vector128 when headDim % Width128.Count == 0: RunTile<Width128, Vector128<float>>(tile); break;
                    default: RunScalar(tile); break;
                }
            }
        }
    }

    /// <summary>An item is a part of the past of a tile.</summary>
    readonly struct PartJob(Call call) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int item = start; item < end; item++)
            {
                Tile tile = call.TileOf(item / call.Chunks);
                int headDim = tile.Cache.Layout.HeadDim, chunk = tile.First / ChunkPositions + item % call.Chunks;
                if (chunk > tile.Last / ChunkPositions)
                    continue;
                float* state = call.Partials + (long)item * TileTokens * StateLength(tile.Rows, headDim);
                switch (call.Level)
                {
                    case SimdLevel.Vector512 when headDim % Width512.Count == 0: RunPart<Width512, Vector512<float>>(tile, chunk, state); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 when headDim % Width256.Count == 0: RunPart<Width256, Vector256<float>>(tile, chunk, state); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 or SimdLevel.Vector128 when headDim % Width128.Count == 0: RunPart<Width128, Vector128<float>>(tile, chunk, state); break;
                    default: break;    // joined by the plain way
                }
            }
        }
    }

    /// <summary>An item is a tile whose parts are done.</summary>
    readonly struct JoinJob(Call call) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int item = start; item < end; item++)
            {
                Tile tile = call.TileOf(item);
                int headDim = tile.Cache.Layout.HeadDim;
                float* states = call.Partials + (long)item * call.Chunks * TileTokens * StateLength(tile.Rows, headDim);
                switch (call.Level)
                {
                    case SimdLevel.Vector512 when headDim % Width512.Count == 0: JoinParts<Width512, Vector512<float>>(tile, states); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 when headDim % Width256.Count == 0: JoinParts<Width256, Vector256<float>>(tile, states); break;
                    case SimdLevel.Vector512 or SimdLevel.Vector256 or SimdLevel.Vector128 when headDim % Width128.Count == 0: JoinParts<Width128, Vector128<float>>(tile, states); break;
                    default: RunScalar(tile); break;
                }
            }
        }
    }

    static void RunScalar(in Tile tile)
    {
        int headDim = tile.Cache.Layout.HeadDim;
        double[] sum = new double[headDim];    // the reference may allocate
        for (int token = 0; token < tile.Tokens; token++)
            for (int head = 0; head < tile.Group; head++)
            {
                float* q = tile.Q + (long)token * tile.Stride + head * headDim, y = tile.Y + (q - tile.Q);
                int last = tile.Position + token, first = FirstVisible(last, tile.Window);
                double sink = tile.Sinks is null ? double.NegativeInfinity : tile.Sinks[head], max = sink;
                for (int j = first; j <= last; j++)
                    max = Math.Max(max, ScoreScalar(tile, q, j));
                double total = Math.Exp(sink - max);
                Array.Clear(sum);
                for (int j = first; j <= last; j++)
                {
                    double weight = Math.Exp(ScoreScalar(tile, q, j) - max);
                    total += weight;
                    byte* block = tile.Cache.Block(j, tile.KvHead);
                    for (int d = 0; d < headDim; d++)
                        sum[d] += weight * KeyValueCodec.Value(tile.Cache.Layout, block, j % KeyValueLayout.BlockSlots, d);
                }
                for (int d = 0; d < headDim; d++)
                    y[d] = (float)(sum[d] / total);
            }
    }

    static double ScoreScalar(in Tile tile, float* q, int position)
    {
        byte* block = tile.Cache.Block(position, tile.KvHead);
        int headDim = tile.Cache.Layout.HeadDim;
        double sum = 0;
        for (int d = 0; d < headDim; d++)
            sum += (double)q[d] * KeyValueCodec.Key(tile.Cache.Layout, block, position % KeyValueLayout.BlockSlots, d);
        return sum / Math.Sqrt(headDim);
    }
}
