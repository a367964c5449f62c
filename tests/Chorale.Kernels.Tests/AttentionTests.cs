namespace Chorale.Kernels.Tests;

public class AttentionTests
{
    public static IEnumerable<TheoryDataRow<string>> Levels => Simd.Supported.Select(level => new TheoryDataRow<string>(level.ToString()));

    // heads, kvHeads, headDim: the group and size of the model, those of the small test models, and some that fit no vector or no group of four.
    static readonly (int Heads, int KvHeads, int HeadDim)[] Shapes = [(16, 2, 64), (4, 2, 32), (8, 1, 64), (5, 1, 48), (3, 3, 16), (6, 2, 8), (2, 1, 6)];

    public static IEnumerable<TheoryDataRow<string>> Formats => Enum.GetNames<KeyValueFormat>().Select(name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Formats))]
    public void Every_level_agrees_with_the_formula_for_every_shape_window_and_position(string format)
    {
        foreach ((int heads, int kvHeads, int headDim) in format == nameof(KeyValueFormat.F32) ? Shapes : [Shapes[0], Shapes[3], Shapes[6]])
            foreach ((int position, int tokens, int window, int ring) in new[]
            {
                (0, 1, 0, 0), (0, 7, 0, 0), (0, 40, 8, 64), (5, 3, 0, 32), (31, 2, 0, 64), (130, 1, 128, 160), (127, 5, 128, 160),
                (300, 1, 0, 0), (290, 9, 100, 320), (1000, 1, 128, 128), (1000, 6, 50, 64), (997, 1, 1, 32), (505, 20, 0, 0), (1020, 10, 128, 192),
            })
                Compare(Enum.Parse<KeyValueFormat>(format), heads, kvHeads, headDim, position, tokens, window, ring, sinks: true);
    }

    [Fact]
    public void Without_sinks_the_weights_sum_to_one() => Compare(KeyValueFormat.F32, 8, 2, 32, 70, 4, 0, 96, sinks: false);

    static void Compare(KeyValueFormat format, int heads, int kvHeads, int headDim, int position, int tokens, int window, int ring, bool sinks)
    {
        string what = $"{format}, {heads}/{kvHeads} x {headDim}, {tokens} at {position}, window {window}, ring {ring}";
        using WorkerPool pool = new(2);
        using LayerKeyValues cache = new(new(format, kvHeads, headDim, 32), ring);
        int all = position + tokens;
        float[] keys = Numbers.Normal(all * kvHeads * headDim, seed: 1), values = Numbers.Normal(keys.Length, seed: 2);
        for (int p = ring == 0 ? 0 : Math.Max(0, all - cache.Capacity); p < all; p++)
        {
            Span<float> key = keys.AsSpan(p * kvHeads * headDim, kvHeads * headDim), value = values.AsSpan(p * kvHeads * headDim, kvHeads * headDim);
            Store(cache, p, key, value);
            for (int head = 0; head < kvHeads; head++)
                cache.Read(p, head, key.Slice(head * headDim, headDim), value.Slice(head * headDim, headDim));    // as they were rounded
        }
        float[] q = Numbers.Normal(tokens * heads * headDim, seed: 3), sink = sinks ? Numbers.Normal(heads, seed: 4, scale: 2) : [], y = new float[q.Length];
        float[] expected = Expected(q, keys, values, sink, heads, kvHeads, headDim, position, tokens, window);
        using AttentionBatch batch = new();
        batch.Add(cache, position, tokens);
        foreach (SimdLevel level in Simd.Supported)
        {
            Attention.Run(level, q, batch, sink, window, y, pool);
            Numbers.AssertClose(expected, y, 3e-6, $"{level} {what}");
        }
    }

    public static IEnumerable<TheoryDataRow<string>> VectorLevels => Numbers.Levels.Select(level => new TheoryDataRow<string>(level));

    [Theory, MemberData(nameof(VectorLevels))]
    public void A_query_gives_the_same_bits_alone_and_in_any_batch_on_any_number_of_threads(string level)
    {
        const int Heads = 16, KvHeads = 2, HeadDim = 64, All = 1300;
        using WorkerPool one = new(1), four = new(4);
        foreach (KeyValueFormat format in Enum.GetValues<KeyValueFormat>())
            foreach (int window in new[] { 0, 128 })
            {
                using LayerKeyValues cache = new(new(format, KvHeads, HeadDim, 64)), other = new(new(format, KvHeads, HeadDim, 96));
                for (int p = 0; p < All; p++)
                {
                    Store(cache, p, Numbers.Normal(KvHeads * HeadDim, p), Numbers.Normal(KvHeads * HeadDim, -p));
                    Store(other, p, Numbers.Normal(KvHeads * HeadDim, 2 * p), Numbers.Normal(KvHeads * HeadDim, 3 * p));
                }
                const int Row = Heads * HeadDim, Tokens = 21, First = All - Tokens;
                float[] q = Numbers.Normal(Tokens * Row, seed: 5), sinks = Numbers.Normal(Heads, seed: 6), together = new float[q.Length];
                using AttentionBatch batch = new();
                batch.Add(cache, First, Tokens);
                Attention.Run(Numbers.Level(level), q, batch, sinks, window, together, four);
                for (int t = 0; t < Tokens; t += 5)
                {
                    float[] row = q[(t * Row)..((t + 1) * Row)], alone = new float[Row], crowd = new float[4 * Row];
                    foreach (WorkerPool pool in new[] { one, four })    // four threads split the past of a single query
                    {
                        batch.Clear();
                        batch.Add(cache, First + t, 1);
                        Attention.Run(Numbers.Level(level), row, batch, sinks, window, alone, pool);
                        Assert.True(alone.AsSpan().SequenceEqual(together.AsSpan(t * Row, Row)), $"{level} {format} window {window}, query {t} alone on {pool.Threads} threads.");
                        batch.Clear();
                        batch.Add(other, 700, 2);
                        batch.Add(cache, First + t, 1);
                        batch.Add(other, 0, 1);
                        Attention.Run(Numbers.Level(level), [.. Numbers.Normal(2 * Row, t), .. row, .. Numbers.Normal(Row, t + 1)], batch, sinks, window, crowd, pool);
                        Assert.True(crowd.AsSpan(2 * Row, Row).SequenceEqual(alone), $"{level} {format} window {window}, query {t} in a crowd on {pool.Threads} threads.");
                    }
                }
            }
    }

    static void Store(LayerKeyValues cache, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        cache.Reserve(position, 1);
        cache.Store(position, keys, values);
    }

    // The formula over plain arrays, in double: no ring, no blocks, no groups.
    static float[] Expected(float[] q, float[] keys, float[] values, float[] sinks, int heads, int kvHeads, int headDim, int position, int tokens, int window)
    {
        float[] y = new float[q.Length];
        for (int t = 0; t < tokens; t++)
            for (int h = 0; h < heads; h++)
            {
                int i = position + t, kv = h / (heads / kvHeads);
                int[] visible = [.. Enumerable.Range(0, i + 1).Where(j => window == 0 || j > i - window)];
                double[] scores = [.. visible.Select(j => Product(q.AsSpan((t * heads + h) * headDim, headDim), keys.AsSpan((j * kvHeads + kv) * headDim, headDim)) / Math.Sqrt(headDim))];
                double sink = sinks.Length == 0 ? double.NegativeInfinity : sinks[h], max = Math.Max(sink, scores.Max());
                double[] weights = [.. scores.Select(s => Math.Exp(s - max))];
                double total = weights.Sum() + Math.Exp(sink - max);
                for (int d = 0; d < headDim; d++)
                {
                    double sum = 0;
                    for (int j = 0; j < visible.Length; j++)
                        sum += weights[j] * values[(visible[j] * kvHeads + kv) * headDim + d];
                    y[(t * heads + h) * headDim + d] = (float)(sum / total);
                }
            }
        return y;
    }

    static double Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    [Fact]
    public void The_recorded_sink_softmax_comes_out()
    {
        System.Text.Json.JsonElement unit = Units.Get("sink_softmax");
        float[] scores = Units.Floats(unit.GetProperty("scores")), weights = Units.Floats(unit.GetProperty("weights"));
        float sink = unit.GetProperty("sink").GetSingle();
        foreach (SimdLevel level in Simd.Supported)
        {
            // A query of one number meets keys that are the scores (times the root of the head size), and values that tell which key it was.
            using WorkerPool pool = new(1);
            using LayerKeyValues cache = new(new(KeyValueFormat.F32, 1, 16, 32));
            float[] q = new float[16], y = new float[16];
            q[0] = 1;
            for (int p = 0; p < 3; p++)
            {
                float[] key = new float[16], value = new float[16];
                key[0] = 4 * scores[p];
                value[p] = 1;
                Store(cache, p, key, value);
            }
            Run(level, q, cache, [sink], 2, 1, 0, y, pool);
            Numbers.AssertClose(weights, y.AsSpan(0, 3), 3e-7, level.ToString());
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Stale_slots_are_never_read_into_a_result(string level)
    {
        using WorkerPool pool = new(1);
        float[] broken = Enumerable.Repeat(float.NaN, 16).ToArray(), zero = new float[16], y = new float[16];
        foreach (KeyValueFormat format in Enum.GetValues<KeyValueFormat>())
        {
            using LayerKeyValues cache = new(new(format, 1, 16, 32), ringPositions: 64);
            for (int p = 0; p < 64; p++)
                Store(cache, p, broken, broken);
            for (int p = 70; p < 80; p++)
                Store(cache, p, zero, Numbers.Normal(16, seed: p));
            Run(Numbers.Level(level), Numbers.Normal(16, seed: 1), cache, [0f], 79, 1, 10, y, pool);
            Assert.All(y, number => Assert.True(float.IsFinite(number)));
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Broken_keys_end_in_broken_results_not_in_a_loop(string level)
    {
        using WorkerPool pool = new(1);
        foreach (KeyValueFormat format in Enum.GetValues<KeyValueFormat>())
            foreach (float broken in new[] { float.NaN, float.PositiveInfinity })
            {
                using LayerKeyValues cache = new(new(format, 1, 16, 32));
                float[] key = Enumerable.Repeat(broken, 16).ToArray(), y = new float[16];
                for (int p = 0; p < 3; p++)
                    Store(cache, p, p == 1 ? key : new float[16], Numbers.Normal(16, seed: p));
                Run(Numbers.Level(level), Enumerable.Repeat(1f, 16).ToArray(), cache, [], 2, 1, 0, y, pool);
                Assert.All(y, number => Assert.True(float.IsNaN(number)));
            }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Scores_of_any_size_do_not_overflow(string level)
    {
        using WorkerPool pool = new(1);
        foreach (KeyValueFormat format in Enum.GetValues<KeyValueFormat>())
        {
            using LayerKeyValues cache = new(new(format, 1, 16, 64));
            float[] y = new float[16];
            for (int p = 0; p < 600; p++)
                Store(cache, p, Numbers.Normal(16, seed: p, scale: 1000), Numbers.Normal(16, seed: p));
            Run(Numbers.Level(level), Numbers.Normal(16, seed: 1, scale: 1000), cache, [-5f], 599, 1, 0, y, pool);
            Assert.All(y, number => Assert.True(float.IsFinite(number)));
        }
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        using WorkerPool pool = new(1);
        using LayerKeyValues cache = new(new(KeyValueFormat.F32, 2, 16, 32), ringPositions: 32);
        cache.Reserve(0, 32);
        float[] q = new float[64], y = new float[64];
        void Refused(float[] q, float[] sinks, int position, int window, float[] y) =>
            Assert.ThrowsAny<ArgumentException>(() => Run(Simd.Level, q, cache, sinks, position, 1, window, y, pool));
        Refused(q[1..], [], 0, 0, y);
        Refused(q, [], 0, 0, y[1..]);
        Refused(q, new float[3], 0, 0, y);
        Refused(q, [], -1, 0, y);
        Refused(q, [], 0, -1, y);
        Refused(q, [], 32, 0, y);
        Refused(q, [], 40, 33, y);
        Refused(q[..48], [], 0, 0, y[..48]);
        using AttentionBatch none = new();
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, none, [], 0, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => none.Add(cache, 0, 0));
        none.Add(cache, 0, 1);
        using LayerKeyValues stranger = new(new(KeyValueFormat.F32, 1, 16, 32));
        Assert.ThrowsAny<ArgumentException>(() => none.Add(stranger, 0, 1));
    }

    static void Run(SimdLevel level, float[] q, LayerKeyValues cache, float[] sinks, int position, int tokens, int window, float[] y, WorkerPool pool)
    {
        using AttentionBatch batch = new();
        batch.Add(cache, position, tokens);
        Attention.Run(level, q, batch, sinks, window, y, pool);
    }
}
