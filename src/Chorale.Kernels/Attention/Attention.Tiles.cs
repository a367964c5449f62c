using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>The vector form.</summary>
/// <remarks>
/// The online softmax of Milakov and Gimelshein 2018 over tiles of keys, as in flash attention (Dao et al. 2022). The past is cut in chunks at multiples of
/// <see cref="ChunkPositions"/>; each has a maximum, a total and sums of its own, and these are joined in order, the sink first: so the work on a long past can be split,
/// and gives the same bits where it is not.
/// </remarks>
static unsafe partial class Attention
{
    /// <summary>Positions of a chunk; a multiple of <see cref="TileSlots"/>.</summary>
    internal const int ChunkPositions = 512;

    /// <summary>Keys that are decoded and scored before their values are read: both stay in the first-level cache as float32 with heads of 64.</summary>
    const int TileSlots = 64;

    const int BlockSlots = KeyValueLayout.BlockSlots;

    const int MostLanes = 16;

    // Weights may grow to e^8 before they are scaled down: mostly the first tile's maximum then serves for a whole chunk.
    const float Slack = 8;

    /// <summary>Floats of the running state of a token: sums [rows, headDim], maxima [rows] and totals [rows], rounded up to a cache line.</summary>
    static int StateLength(int rows, int headDim) => ((rows * (headDim + 2)) + 15) / 16 * 16;

    static void RunTile<TWidth, TVector>(in Tile tile)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int headDim = tile.Cache.Layout.HeadDim, length = StateLength(tile.Rows, headDim);
        float* part = Scratch.Floats(checked((2 * TileTokens * length) + WorkLength(tile)));
        float* whole = part + TileTokens * length, work = whole + TileTokens * length;
        PrepareQueries(tile, work);
        for (int token = 0; token < tile.Tokens; token++)
            Begin(tile, whole + token * length);
        for (int chunk = tile.First / ChunkPositions; chunk <= tile.Last / ChunkPositions; chunk++)
        {
            RunChunk<TWidth, TVector>(tile, chunk, work, part);
            for (int token = 0; token < tile.Tokens; token++)
                Join<TWidth, TVector>(tile, token, chunk, part + token * length, whole + token * length);
        }
        for (int token = 0; token < tile.Tokens; token++)
            Finish<TWidth, TVector>(tile, token, whole + token * length);
    }

    /// <summary>One chunk alone, to be joined later.</summary>
    static void RunPart<TWidth, TVector>(in Tile tile, int chunk, float* state)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* work = Scratch.Floats(WorkLength(tile));
        PrepareQueries(tile, work);
        RunChunk<TWidth, TVector>(tile, chunk, work, state);
    }

    /// <summary>Joins the chunks that were done alone, shape [chunks, TileTokens, state].</summary>
    static void JoinParts<TWidth, TVector>(in Tile tile, float* states)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int length = StateLength(tile.Rows, tile.Cache.Layout.HeadDim);
        float* whole = Scratch.Floats(length);
        for (int token = 0; token < tile.Tokens; token++)
        {
            Begin(tile, whole);
            float* state = states + token * length;
            for (int chunk = tile.First / ChunkPositions; chunk <= tile.Last / ChunkPositions; chunk++, state += TileTokens * length)
                Join<TWidth, TVector>(tile, token, chunk, state, whole);
            Finish<TWidth, TVector>(tile, token, whole);
        }
    }

    /// <summary>Floats of working memory: the queries, scores of a token, totals by lane, and a decoded tile.</summary>
    static int WorkLength(in Tile tile)
    {
        int headDim = tile.Cache.Layout.HeadDim;
        return checked((TileTokens * tile.Rows * (headDim + MostLanes)) + (tile.Rows * TileSlots) + (2 * TileSlots * headDim));
    }

    /// <summary>Scales the queries, and lays four heads side by side: [tokens, rows / 4, headDim, 4], zeros where there is no head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PrepareQueries(in Tile tile, float* to)
    {
        int headDim = tile.Cache.Layout.HeadDim, rows = tile.Rows, group = tile.Group;
        float scale = 1 / MathF.Sqrt(headDim);
        for (int token = 0; token < tile.Tokens; token++)
            for (int row = 0; row < rows; row++)
            {
                float* q = tile.Q + (long)token * tile.Stride + row * headDim, quad = to + (token * rows + row / 4 * 4) * headDim + row % 4;
                if (row < group)
                    for (int d = 0; d < headDim; d++)
                        quad[4 * d] = q[d] * scale;
                else
                    for (int d = 0; d < headDim; d++)
                        quad[4 * d] = 0;
            }
    }

    /// <summary>The state before any key: the sink alone.</summary>
    static void Begin(in Tile tile, float* state)
    {
        int headDim = tile.Cache.Layout.HeadDim;
        float* max = state + tile.Rows * headDim, total = max + tile.Rows;
        new Span<float>(state, tile.Rows * headDim).Clear();
        for (int row = 0; row < tile.Rows; row++)
        {
            max[row] = tile.Sinks is null ? float.NegativeInfinity : row < tile.Group ? tile.Sinks[row] : 0;
            total[row] = tile.Sinks is null ? 0 : 1;
        }
    }

    /// <summary>The state of all tokens over the keys of one chunk, without the sink.</summary>
    static void RunChunk<TWidth, TVector>(in Tile tile, int chunk, float* work, float* state)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        KeyValueLayout layout = tile.Cache.Layout;
        int headDim = layout.HeadDim, rows = tile.Rows, length = StateLength(rows, headDim);
        float* scores = work + TileTokens * rows * headDim;      // [rows, 64]
        float* keyRoom = scores + rows * TileSlots;              // [2, headDim, 32]
        float* valueRoom = keyRoom + TileSlots * headDim;        // [2, 32, headDim]
        float* lanes = valueRoom + TileSlots * headDim;          // [tokens, rows, 16], the totals before lanes are added up
        new Span<float>(lanes, tile.Tokens * rows * MostLanes).Clear();
        for (int token = 0; token < tile.Tokens; token++)
        {
            new Span<float>(state + token * length, rows * headDim).Clear();
            new Span<float>(state + token * length + rows * headDim, rows).Fill(float.NegativeInfinity);
            new Span<float>(state + token * length + rows * headDim + rows, rows).Clear();
        }

        int from = Math.Max(tile.First, chunk * ChunkPositions), to = (int)Math.Min(tile.Last, ((chunk + 1L) * ChunkPositions) - 1);
        for (int start = from / TileSlots * TileSlots; start <= to; start += TileSlots)
        {
            int first = Math.Max(from, start), last = Math.Min(to, start + TileSlots - 1);
            float* keys0 = null, keys1 = null, values0 = null, values1 = null;
            if (first < start + BlockSlots)
            {
                byte* block = tile.Cache.Block(start, tile.KvHead);
                keys0 = KeyValueCodec.Keys<TWidth, TVector>(layout, block, keyRoom);
                values0 = KeyValueCodec.Values<TWidth, TVector>(layout, block, first - start, Math.Min(last - start, BlockSlots - 1), valueRoom);
            }
            if (last >= start + BlockSlots)
            {
                byte* block = tile.Cache.Block(start + BlockSlots, tile.KvHead);
                keys1 = KeyValueCodec.Keys<TWidth, TVector>(layout, block, keyRoom + BlockSlots * headDim);
                values1 = KeyValueCodec.Values<TWidth, TVector>(layout, block, Math.Max(first - start - BlockSlots, 0), last - start - BlockSlots, valueRoom + BlockSlots * headDim);
            }
            for (int token = 0; token < tile.Tokens; token++)
            {
                // What this token sees of the tile, whatever the others see.
                int position = tile.Position + token;
                int low = Math.Max(first, FirstVisible(position, tile.Window)) - start, high = Math.Min(last, position) - start;
                if (low > high)
                    continue;
                float* q = work + token * rows * headDim, sums = state + token * length, max = sums + rows * headDim, total = lanes + token * rows * MostLanes;
                int padLow = low / BlockSlots * BlockSlots, padHigh = (high / BlockSlots + 1) * BlockSlots;
                if (low < BlockSlots)
                    Score<TWidth, TVector>(q, rows, headDim, keys0, scores);
                if (high >= BlockSlots)
                    Score<TWidth, TVector>(q, rows, headDim, keys1, scores + BlockSlots);
                for (int row = 0; row < rows; row += 4)
                    Weigh4<TWidth, TVector>(scores + row * TileSlots, padLow, low, high, padHigh, max + row, total + row * MostLanes, sums + row * headDim, headDim);
                for (int row = 0; row < rows; row += 4)
                {
                    if (low < BlockSlots)
                        AddValues4<TWidth, TVector>(scores + row * TileSlots, values0, low, Math.Min(high, BlockSlots - 1), headDim, sums + row * headDim);
                    if (high >= BlockSlots)
                        AddValues4<TWidth, TVector>(scores + row * TileSlots + BlockSlots, values1, Math.Max(low - BlockSlots, 0), high - BlockSlots, headDim, sums + row * headDim);
                }
            }
        }
        for (int token = 0; token < tile.Tokens; token++)
            for (int row = 0; row < rows; row++)
                state[token * length + rows * headDim + rows + row] = TWidth.Sum(TWidth.Load(lanes + (token * rows + row) * MostLanes));
    }

    /// <summary>Joins what a chunk gave to what was joined before.</summary>
    static void Join<TWidth, TVector>(in Tile tile, int token, int chunk, float* part, float* whole)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int position = tile.Position + token;
        if (position < (long)chunk * ChunkPositions || FirstVisible(position, tile.Window) >= (chunk + 1L) * ChunkPositions)
            return;    // the token sees nothing of it
        int headDim = tile.Cache.Layout.HeadDim, rows = tile.Rows;
        float* partMax = part + rows * headDim, partTotal = partMax + rows, max = whole + rows * headDim, total = max + rows;
        for (int row = 0; row < rows; row++)
        {
            float most = partMax[row] > max[row] ? partMax[row] : max[row];
            float shrink = MathF.Exp(max[row] - most), partShrink = MathF.Exp(partMax[row] - most);
            max[row] = most;
            total[row] = total[row] * shrink + partTotal[row] * partShrink;
            TVector factor = TWidth.Broadcast(shrink), partFactor = TWidth.Broadcast(partShrink);
            for (int d = row * headDim; d < (row + 1) * headDim; d += TWidth.Count)
                TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(part + d), partFactor, TWidth.Multiply(TWidth.Load(whole + d), factor)), whole + d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Finish<TWidth, TVector>(in Tile tile, int token, float* state)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int headDim = tile.Cache.Layout.HeadDim;
        float* y = tile.Y + (long)token * tile.Stride, total = state + tile.Rows * headDim + tile.Rows;
        for (int row = 0; row < tile.Group; row++)
        {
            TVector divisor = TWidth.Broadcast(total[row]);
            for (int d = row * headDim; d < (row + 1) * headDim; d += TWidth.Count)
                TWidth.Store(TWidth.Divide(TWidth.Load(state + d), divisor), y + d);
        }
    }

    /// <summary>All heads of a token times the 32 keys of a block.</summary>
    static void Score<TWidth, TVector>(float* q, int rows, int headDim, float* keys, float* scores)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int row = 0;
        if (TWidth.Registers >= 32)
            for (; row + 8 <= rows; row += 8)
                Score8<TWidth, TVector>(q + row * headDim, headDim, keys, scores + row * TileSlots);
        for (; row < rows; row += 4)
            Score4<TWidth, TVector>(q + row * headDim, headDim, keys, scores + row * TileSlots);
    }

    /// <summary>Eight heads at a time: 16 sums, which hide the latency of the multiply-adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Score8<TWidth, TVector>(float* q, int headDim, float* keys, float* scores)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int slot = 0; slot < BlockSlots; slot += 2 * TWidth.Count)
        {
            float* key = keys + slot, quad = q, next = q + 4 * headDim;
            TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
            for (int d = 0; d < headDim; d++, key += BlockSlots, quad += 4, next += 4)
            {
                TVector k0 = TWidth.Load(key), k1 = TWidth.Load(key + TWidth.Count);
                TVector v = TWidth.Broadcast(quad[0]);
                a0 = TWidth.MultiplyAdd(v, k0, a0);
                b0 = TWidth.MultiplyAdd(v, k1, b0);
                v = TWidth.Broadcast(quad[1]);
                a1 = TWidth.MultiplyAdd(v, k0, a1);
                b1 = TWidth.MultiplyAdd(v, k1, b1);
                v = TWidth.Broadcast(quad[2]);
                a2 = TWidth.MultiplyAdd(v, k0, a2);
                b2 = TWidth.MultiplyAdd(v, k1, b2);
                v = TWidth.Broadcast(quad[3]);
                a3 = TWidth.MultiplyAdd(v, k0, a3);
                b3 = TWidth.MultiplyAdd(v, k1, b3);
                v = TWidth.Broadcast(next[0]);
                a4 = TWidth.MultiplyAdd(v, k0, a4);
                b4 = TWidth.MultiplyAdd(v, k1, b4);
                v = TWidth.Broadcast(next[1]);
                a5 = TWidth.MultiplyAdd(v, k0, a5);
                b5 = TWidth.MultiplyAdd(v, k1, b5);
                v = TWidth.Broadcast(next[2]);
                a6 = TWidth.MultiplyAdd(v, k0, a6);
                b6 = TWidth.MultiplyAdd(v, k1, b6);
                v = TWidth.Broadcast(next[3]);
                a7 = TWidth.MultiplyAdd(v, k0, a7);
                b7 = TWidth.MultiplyAdd(v, k1, b7);
            }
            float* to = scores + slot;
            StoreTwo<TWidth, TVector>(a0, b0, to);
            StoreTwo<TWidth, TVector>(a1, b1, to + TileSlots);
            StoreTwo<TWidth, TVector>(a2, b2, to + 2 * TileSlots);
            StoreTwo<TWidth, TVector>(a3, b3, to + 3 * TileSlots);
            StoreTwo<TWidth, TVector>(a4, b4, to + 4 * TileSlots);
            StoreTwo<TWidth, TVector>(a5, b5, to + 5 * TileSlots);
            StoreTwo<TWidth, TVector>(a6, b6, to + 6 * TileSlots);
            StoreTwo<TWidth, TVector>(a7, b7, to + 7 * TileSlots);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreTwo<TWidth, TVector>(TVector a, TVector b, float* to)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TWidth.Store(a, to);
        TWidth.Store(b, to + TWidth.Count);
    }

    /// <summary>Four heads times the 32 keys of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Score4<TWidth, TVector>(float* q, int headDim, float* keys, float* scores)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int slot = 0; slot < BlockSlots; slot += 2 * TWidth.Count)
        {
            float* key = keys + slot, quad = q;
            TVector a0 = default, a1 = default, a2 = default, a3 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default;
            for (int d = 0; d < headDim; d++, key += BlockSlots, quad += 4)
            {
                TVector k0 = TWidth.Load(key), k1 = TWidth.Load(key + TWidth.Count);
                TVector v = TWidth.Broadcast(quad[0]);
                a0 = TWidth.MultiplyAdd(v, k0, a0);
                b0 = TWidth.MultiplyAdd(v, k1, b0);
                v = TWidth.Broadcast(quad[1]);
                a1 = TWidth.MultiplyAdd(v, k0, a1);
                b1 = TWidth.MultiplyAdd(v, k1, b1);
                v = TWidth.Broadcast(quad[2]);
                a2 = TWidth.MultiplyAdd(v, k0, a2);
                b2 = TWidth.MultiplyAdd(v, k1, b2);
                v = TWidth.Broadcast(quad[3]);
                a3 = TWidth.MultiplyAdd(v, k0, a3);
                b3 = TWidth.MultiplyAdd(v, k1, b3);
            }
            float* to = scores + slot;
            StoreTwo<TWidth, TVector>(a0, b0, to);
            StoreTwo<TWidth, TVector>(a1, b1, to + TileSlots);
            StoreTwo<TWidth, TVector>(a2, b2, to + 2 * TileSlots);
            StoreTwo<TWidth, TVector>(a3, b3, to + 3 * TileSlots);
        }
    }

    /// <summary>Turns the scores of four heads to weights relative to the running maxima, and what was summed before to the same scale.</summary>
    /// <remarks>Scores from <paramref name="low"/> to <paramref name="high"/> count; what lies around them, from <paramref name="padLow"/> to before <paramref name="padHigh"/>, gets no weight. Totals are kept by lane.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weigh4<TWidth, TVector>(float* scores, int padLow, int low, int high, int padHigh, float* max, float* total, float* sums, int headDim)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int row = 0; row < 4; row++)
        {
            float* s = scores + row * TileSlots;
            for (int i = padLow; i < low; i++)
                s[i] = float.NegativeInfinity;
            for (int i = high + 1; i < padHigh; i++)
                s[i] = float.NegativeInfinity;

            TVector most = TWidth.Broadcast(float.NegativeInfinity);
            for (int i = padLow; i < padHigh; i += 2 * TWidth.Count)
                most = TWidth.Max(TWidth.Max(TWidth.Load(s + i), most), TWidth.Load(s + i + TWidth.Count));
            if (TWidth.AnyGreater(most, TWidth.Broadcast(max[row] + Slack)))
            {
                float found = TWidth.MaxLane(most), shrink = MathF.Exp(max[row] - found);
                max[row] = found;
                TVector factor = TWidth.Broadcast(shrink);
                TWidth.Store(TWidth.Multiply(TWidth.Load(total + row * MostLanes), factor), total + row * MostLanes);
                for (int d = row * headDim; d < (row + 1) * headDim; d += TWidth.Count)
                    TWidth.Store(TWidth.Multiply(TWidth.Load(sums + d), factor), sums + d);
            }
        }

        // Four exponentials side by side: one alone would wait for itself at each step.
        TVector t0 = TWidth.Load(total), t1 = TWidth.Load(total + MostLanes), t2 = TWidth.Load(total + 2 * MostLanes), t3 = TWidth.Load(total + 3 * MostLanes);
        TVector m0 = TWidth.Broadcast(-max[0]), m1 = TWidth.Broadcast(-max[1]), m2 = TWidth.Broadcast(-max[2]), m3 = TWidth.Broadcast(-max[3]);
        for (int i = padLow; i < padHigh; i += TWidth.Count)
        {
            float* s = scores + i;
            TVector w0 = VectorExp.RunBounded<TWidth, TVector>(TWidth.Add(TWidth.Load(s), m0));
            TVector w1 = VectorExp.RunBounded<TWidth, TVector>(TWidth.Add(TWidth.Load(s + TileSlots), m1));
            TVector w2 = VectorExp.RunBounded<TWidth, TVector>(TWidth.Add(TWidth.Load(s + 2 * TileSlots), m2));
            TVector w3 = VectorExp.RunBounded<TWidth, TVector>(TWidth.Add(TWidth.Load(s + 3 * TileSlots), m3));
            TWidth.Store(w0, s);
            TWidth.Store(w1, s + TileSlots);
            TWidth.Store(w2, s + 2 * TileSlots);
            TWidth.Store(w3, s + 3 * TileSlots);
            t0 = TWidth.Add(t0, w0);
            t1 = TWidth.Add(t1, w1);
            t2 = TWidth.Add(t2, w2);
            t3 = TWidth.Add(t3, w3);
        }
        TWidth.Store(t0, total);
        TWidth.Store(t1, total + MostLanes);
        TWidth.Store(t2, total + 2 * MostLanes);
        TWidth.Store(t3, total + 3 * MostLanes);
    }

    /// <summary>Adds the values of slots <paramref name="low"/> to <paramref name="high"/> of a block, by their weights, to the sums of four heads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues4<TWidth, TVector>(float* weights, float* values, int low, int high, int headDim, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int d = 0;
        if (TWidth.Registers >= 32)
            for (; d + 4 * TWidth.Count <= headDim; d += 4 * TWidth.Count)
                AddValues4x4<TWidth, TVector>(weights + low, values + low * headDim + d, high - low + 1, headDim, sums + d);
        for (; d + 2 * TWidth.Count <= headDim; d += 2 * TWidth.Count)
        {
            float* s0 = sums + d, s1 = s0 + headDim, s2 = s1 + headDim, s3 = s2 + headDim;
            TVector a0 = TWidth.Load(s0), a1 = TWidth.Load(s1), a2 = TWidth.Load(s2), a3 = TWidth.Load(s3);
            TVector b0 = TWidth.Load(s0 + TWidth.Count), b1 = TWidth.Load(s1 + TWidth.Count);
            TVector b2 = TWidth.Load(s2 + TWidth.Count), b3 = TWidth.Load(s3 + TWidth.Count);
            float* value = values + low * headDim + d, end = values + high * headDim + d, weight = weights + low;
            for (; value <= end; value += headDim, weight++)
            {
                TVector v0 = TWidth.Load(value), v1 = TWidth.Load(value + TWidth.Count);
                TVector w = TWidth.Broadcast(weight[0]);
                a0 = TWidth.MultiplyAdd(w, v0, a0);
                b0 = TWidth.MultiplyAdd(w, v1, b0);
                w = TWidth.Broadcast(weight[TileSlots]);
                a1 = TWidth.MultiplyAdd(w, v0, a1);
                b1 = TWidth.MultiplyAdd(w, v1, b1);
                w = TWidth.Broadcast(weight[2 * TileSlots]);
                a2 = TWidth.MultiplyAdd(w, v0, a2);
                b2 = TWidth.MultiplyAdd(w, v1, b2);
                w = TWidth.Broadcast(weight[3 * TileSlots]);
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
        for (; d < headDim; d += TWidth.Count)
        {
            float* s0 = sums + d, s1 = s0 + headDim, s2 = s1 + headDim, s3 = s2 + headDim;
            TVector a0 = TWidth.Load(s0), a1 = TWidth.Load(s1), a2 = TWidth.Load(s2), a3 = TWidth.Load(s3);
            float* value = values + low * headDim + d, end = values + high * headDim + d, weight = weights + low;
            for (; value <= end; value += headDim, weight++)
            {
                TVector v = TWidth.Load(value);
                a0 = TWidth.MultiplyAdd(TWidth.Broadcast(weight[0]), v, a0);
                a1 = TWidth.MultiplyAdd(TWidth.Broadcast(weight[TileSlots]), v, a1);
                a2 = TWidth.MultiplyAdd(TWidth.Broadcast(weight[2 * TileSlots]), v, a2);
                a3 = TWidth.MultiplyAdd(TWidth.Broadcast(weight[3 * TileSlots]), v, a3);
            }
            TWidth.Store(a0, s0);
            TWidth.Store(a1, s1);
            TWidth.Store(a2, s2);
            TWidth.Store(a3, s3);
        }
    }

    /// <summary>The same for four vectors of a head: 16 sums, which hide the latency of the multiply-adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues4x4<TWidth, TVector>(float* weights, float* values, int count, int headDim, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int n = TWidth.Count;
        float* s1 = sums + headDim, s2 = s1 + headDim, s3 = s2 + headDim;
        TVector a0 = TWidth.Load(sums), a1 = TWidth.Load(s1), a2 = TWidth.Load(s2), a3 = TWidth.Load(s3);
        TVector b0 = TWidth.Load(sums + n), b1 = TWidth.Load(s1 + n), b2 = TWidth.Load(s2 + n), b3 = TWidth.Load(s3 + n);
        TVector c0 = TWidth.Load(sums + 2 * n), c1 = TWidth.Load(s1 + 2 * n), c2 = TWidth.Load(s2 + 2 * n), c3 = TWidth.Load(s3 + 2 * n);
        TVector d0 = TWidth.Load(sums + 3 * n), d1 = TWidth.Load(s1 + 3 * n), d2 = TWidth.Load(s2 + 3 * n), d3 = TWidth.Load(s3 + 3 * n);
        for (int j = 0; j < count; j++, values += headDim, weights++)
        {
            TVector va = TWidth.Load(values), vb = TWidth.Load(values + n), vc = TWidth.Load(values + 2 * n), vd = TWidth.Load(values + 3 * n);
            TVector w = TWidth.Broadcast(weights[0]);
            a0 = TWidth.MultiplyAdd(w, va, a0);
            b0 = TWidth.MultiplyAdd(w, vb, b0);
            c0 = TWidth.MultiplyAdd(w, vc, c0);
            d0 = TWidth.MultiplyAdd(w, vd, d0);
            w = TWidth.Broadcast(weights[TileSlots]);
            a1 = TWidth.MultiplyAdd(w, va, a1);
            b1 = TWidth.MultiplyAdd(w, vb, b1);
            c1 = TWidth.MultiplyAdd(w, vc, c1);
            d1 = TWidth.MultiplyAdd(w, vd, d1);
            w = TWidth.Broadcast(weights[2 * TileSlots]);
            a2 = TWidth.MultiplyAdd(w, va, a2);
            b2 = TWidth.MultiplyAdd(w, vb, b2);
            c2 = TWidth.MultiplyAdd(w, vc, c2);
            d2 = TWidth.MultiplyAdd(w, vd, d2);
            w = TWidth.Broadcast(weights[3 * TileSlots]);
            a3 = TWidth.MultiplyAdd(w, va, a3);
            b3 = TWidth.MultiplyAdd(w, vb, b3);
            c3 = TWidth.MultiplyAdd(w, vc, c3);
            d3 = TWidth.MultiplyAdd(w, vd, d3);
        }
        StoreTwo<TWidth, TVector>(a0, b0, sums);
        StoreTwo<TWidth, TVector>(c0, d0, sums + 2 * n);
        StoreTwo<TWidth, TVector>(a1, b1, s1);
        StoreTwo<TWidth, TVector>(c1, d1, s1 + 2 * n);
        StoreTwo<TWidth, TVector>(a2, b2, s2);
        StoreTwo<TWidth, TVector>(c2, d2, s2 + 2 * n);
        StoreTwo<TWidth, TVector>(a3, b3, s3);
        StoreTwo<TWidth, TVector>(c3, d3, s3 + 2 * n);
    }
}
