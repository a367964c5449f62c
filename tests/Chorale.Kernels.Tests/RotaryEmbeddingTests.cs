using System.Text.Json;

namespace Chorale.Kernels.Tests;

public class RotaryEmbeddingTests
{
    static Yarn Recorded(JsonElement unit) => new()
    {
        HeadDim = unit.GetProperty("head_dim").GetInt32(),
        Theta = unit.GetProperty("base").GetDouble(),
        Factor = unit.GetProperty("factor").GetDouble(),
        OriginalContext = unit.GetProperty("original_context").GetInt32(),
        BetaFast = unit.GetProperty("beta_fast").GetDouble(),
        BetaSlow = unit.GetProperty("beta_slow").GetDouble(),
    };

    [Fact]
    public void The_recorded_frequencies_and_angles_come_out()
    {
        foreach (JsonElement unit in Units.Get("yarn").EnumerateArray())
        {
            Yarn yarn = Recorded(unit);
            Assert.Equal(unit.GetProperty("low").GetDouble(), yarn.Low, 1e-9);
            Assert.Equal(unit.GetProperty("high").GetDouble(), yarn.High, 1e-9);
            Assert.Equal(unit.GetProperty("concentration").GetDouble(), yarn.Concentration, 1e-10);
            double[] expected = [.. unit.GetProperty("inv_freq").EnumerateArray().Select(e => e.GetDouble())], actual = yarn.InverseFrequencies();
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-10 * expected[i]);

            RotaryEmbedding rope = new(yarn);
            float[] cos = new float[yarn.HeadDim / 2], sin = new float[yarn.HeadDim / 2];
            foreach (JsonElement row in unit.GetProperty("rows").EnumerateArray())
            {
                rope.Angles(row.GetProperty("pos").GetInt32(), cos, sin);
                Numbers.AssertClose(Units.Floats(row.GetProperty("cos")), cos, 2e-7, $"cos at {row.GetProperty("pos")}");
                Numbers.AssertClose(Units.Floats(row.GetProperty("sin")), sin, 2e-7, $"sin at {row.GetProperty("pos")}");
            }
        }
    }

    [Fact]
    public void Rounded_limits_are_those_of_llama_cpp()
    {
        foreach (JsonElement unit in Units.Get("yarn").EnumerateArray())
        {
            double[] actual = (Recorded(unit) with { Truncate = true }).InverseFrequencies();
            double[] expected = [.. unit.GetProperty("truncated_variant_inv_freq").EnumerateArray().Select(e => e.GetDouble())];
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-10 * expected[i]);
        }
        Yarn rounded = Recorded(Units.Get("yarn")[0]) with { Truncate = true };
        Assert.Equal((8, 18), (rounded.Low, rounded.High));
    }

    [Fact]
    public void Without_a_factor_the_frequencies_are_the_plain_ones()
    {
        Yarn plain = new() { HeadDim = 8, Theta = 10000 };
        Assert.Equal(1, plain.Concentration);
        double[] frequencies = plain.InverseFrequencies();
        for (int i = 0; i < 4; i++)
            Assert.Equal(Math.Pow(10, -i), frequencies[i], 1e-12);
    }

    [Fact]
    public void Every_level_turns_the_pairs_half_a_head_apart()
    {
        foreach (SimdLevel level in Simd.Supported)
            foreach (int half in new[] { 1, 3, 4, 8, 16, 19, 32, 48 })
                foreach (int heads in new[] { 1, 3 })
                {
                    float[] x = Numbers.Normal(2 * half * heads, seed: half), angles = Numbers.Normal(half, seed: 2);
                    float[] cos = [.. angles.Select(MathF.Cos)], sin = [.. angles.Select(MathF.Sin)], expected = new float[x.Length];
                    for (int h = 0; h < heads; h++)
                        for (int j = 0; j < half; j++)
                        {
                            double a = x[2 * half * h + j], b = x[2 * half * h + half + j];
                            expected[2 * half * h + j] = (float)(a * cos[j] - b * sin[j]);
                            expected[2 * half * h + half + j] = (float)(b * cos[j] + a * sin[j]);
                        }
                    RotaryEmbedding.Apply(level, x, cos, sin);
                    Numbers.AssertClose(expected, x, 1e-6, $"{level}, {heads} heads of {2 * half}");
                }
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        Assert.ThrowsAny<ArgumentException>(() => new RotaryEmbedding(new Yarn { HeadDim = 7, Theta = 10000 }));
        RotaryEmbedding rope = new(new Yarn { HeadDim = 8, Theta = 10000 });
        Assert.ThrowsAny<ArgumentException>(() => rope.Angles(-1, new float[4], new float[4]));
        Assert.ThrowsAny<ArgumentException>(() => rope.Angles(0, new float[3], new float[4]));
        Assert.ThrowsAny<ArgumentException>(() => RotaryEmbedding.Apply(new float[12], new float[4], new float[4]));
        Assert.ThrowsAny<ArgumentException>(() => RotaryEmbedding.Apply(new float[8], new float[4], new float[3]));
    }
}
