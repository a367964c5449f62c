namespace Chorale.Kernels.Tests;

public class AttentionTests
{
    public static IEnumerable<TheoryDataRow<string>> Levels => Simd.Supported.Select(level => new TheoryDataRow<string>(level.ToString()));

    // heads, kvHeads, headDim: the model's own, those of the small test models, and some that fit no vector or no group of four.
    static readonly (int Heads, int KvHeads, int HeadDim)[] Shapes = [(64, 8, 64), (4, 2, 32), (8, 1, 64), (5, 1, 48), (3, 3, 16), (6, 2, 8), (2, 1, 6)];

    [Fact]
    public void Every_level_agrees_with_the_formula_for_every_shape_window_and_position()
    {
        foreach ((int heads, int kvHeads, int headDim) in Shapes)
            foreach ((int position, int tokens, int window, int capacity) in new[]
            {
                (0, 1, 0, 32), (0, 7, 0, 32), (0, 40, 8, 64), (5, 3, 0, 32), (31, 2, 0, 64), (130, 1, 128, 160), (127, 5, 128, 160),
                (300, 1, 0, 320), (290, 9, 100, 320), (1000, 1, 128, 128), (1000, 6, 50, 64), (997, 1, 1, 32),
            })
                Compare(heads, kvHeads, headDim, position, tokens, window, capacity, sinks: true);
    }

    [Fact]
    public void Without_sinks_the_weights_sum_to_one() => Compare(8, 2, 32, 70, 4, 0, 96, sinks: false);

    static void Compare(int heads, int kvHeads, int headDim, int position, int tokens, int window, int capacity, bool sinks)
    {
        string what = $"{heads}/{kvHeads} x {headDim}, {tokens} at {position}, window {window}, ring {capacity}";
        using WorkerPool pool = new(2);
        using LayerKeyValues cache = new(capacity, kvHeads, headDim);
        int all = position + tokens;
        float[] keys = Numbers.Normal(all * kvHeads * headDim, seed: 1), values = Numbers.Normal(keys.Length, seed: 2);
        for (int p = Math.Max(0, all - cache.Capacity); p < all; p++)
            cache.Store(p, keys.AsSpan(p * kvHeads * headDim, kvHeads * headDim), values.AsSpan(p * kvHeads * headDim, kvHeads * headDim));
        float[] q = Numbers.Normal(tokens * heads * headDim, seed: 3), sink = sinks ? Numbers.Normal(heads, seed: 4, scale: 2) : [], y = new float[q.Length];
        float[] expected = Expected(q, keys, values, sink, heads, kvHeads, headDim, position, tokens, window);
        foreach (SimdLevel level in Simd.Supported)
        {
            Attention.Run(level, q, cache, sink, position, tokens, window, y, pool);
            Numbers.AssertClose(expected, y, 3e-6, $"{level} {what}");
        }
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
            using LayerKeyValues cache = new(32, 1, 16);
            float[] q = new float[16], y = new float[16];
            q[0] = 1;
            for (int p = 0; p < 3; p++)
            {
                float[] key = new float[16], value = new float[16];
                key[0] = 4 * scores[p];
                value[p] = 1;
                cache.Store(p, key, value);
            }
            Attention.Run(level, q, cache, [sink], 2, 1, 0, y, pool);
            Numbers.AssertClose(weights, y.AsSpan(0, 3), 3e-7, level.ToString());
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Stale_slots_are_never_read_into_a_result(string level)
    {
        using WorkerPool pool = new(1);
        using LayerKeyValues cache = new(64, 1, 16);
        float[] broken = Enumerable.Repeat(float.NaN, 16).ToArray(), zero = new float[16], y = new float[16];
        for (int p = 0; p < 64; p++)
            cache.Store(p, broken, broken);
        for (int p = 70; p < 80; p++)
            cache.Store(p, zero, Numbers.Normal(16, seed: p));
        Attention.Run(Numbers.Level(level), Numbers.Normal(16, seed: 1), cache, [0f], 79, 1, 10, y, pool);
        Assert.All(y, number => Assert.True(float.IsFinite(number)));
    }

    [Theory, MemberData(nameof(Levels))]
    public void Broken_keys_end_in_broken_results_not_in_a_loop(string level)
    {
        using WorkerPool pool = new(1);
        foreach (float broken in new[] { float.NaN, float.PositiveInfinity })
        {
            using LayerKeyValues cache = new(32, 1, 16);
            float[] key = Enumerable.Repeat(broken, 16).ToArray(), y = new float[16];
            for (int p = 0; p < 3; p++)
                cache.Store(p, p == 1 ? key : new float[16], Numbers.Normal(16, seed: p));
            Attention.Run(Numbers.Level(level), Enumerable.Repeat(1f, 16).ToArray(), cache, [], 2, 1, 0, y, pool);
            Assert.All(y, number => Assert.True(float.IsNaN(number)));
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Scores_of_any_size_do_not_overflow(string level)
    {
        using WorkerPool pool = new(1);
        using LayerKeyValues cache = new(320, 1, 16);
        float[] y = new float[16];
        for (int p = 0; p < 300; p++)
            cache.Store(p, Numbers.Normal(16, seed: p, scale: 1000), Numbers.Normal(16, seed: p));
        Attention.Run(Numbers.Level(level), Numbers.Normal(16, seed: 1, scale: 1000), cache, [-5f], 299, 1, 0, y, pool);
        Assert.All(y, number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        using WorkerPool pool = new(1);
        using LayerKeyValues cache = new(32, 2, 16);
        float[] q = new float[64], y = new float[64];
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q.AsSpan(1), cache, [], 0, 1, 0, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, [], 0, 1, 0, y.AsSpan(1), pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, new float[3], 0, 1, 0, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, [], -1, 1, 0, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, [], 0, 1, -1, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, [], 32, 1, 0, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q, cache, [], 40, 1, 33, y, pool));
        Assert.ThrowsAny<ArgumentException>(() => Attention.Run(q.AsSpan(0, 48), cache, [], 0, 1, 0, y.AsSpan(0, 48), pool));
        Assert.ThrowsAny<ArgumentException>(() => cache.Store(-1, q.AsSpan(0, 32), q.AsSpan(0, 32)));
        Assert.ThrowsAny<ArgumentException>(() => cache.Store(0, q.AsSpan(0, 31), q.AsSpan(0, 32)));
        Assert.ThrowsAny<ArgumentException>(() => new LayerKeyValues(0, 2, 16));
    }
}
