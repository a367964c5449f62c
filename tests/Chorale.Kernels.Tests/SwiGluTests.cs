namespace Chorale.Kernels.Tests;

public class SwiGluTests
{
    [Fact]
    public void The_recorded_values_come_out_at_every_level()
    {
        System.Text.Json.JsonElement unit = Units.Get("swiglu");
        float[] gate = Units.Floats(unit.GetProperty("gate")), up = Units.Floats(unit.GetProperty("up")), expected = Units.Floats(unit.GetProperty("out"));
        foreach (SimdLevel level in Simd.Supported)
        {
            // Twice over, so that the vectors meet every case too and not only the rest behind them.
            float[] y = new float[2 * gate.Length];
            SwiGlu.Run(level, [.. gate, .. gate], [.. up, .. up], SwiGlu.Alpha, SwiGlu.Limit, y);
            Numbers.AssertClose([.. expected, .. expected], y, 1e-6, level.ToString());
        }
    }

    [Fact]
    public void Every_level_agrees_with_the_scalar_reference()
    {
        foreach (SimdLevel level in Simd.Supported)
            foreach (int length in Numbers.Lengths)
            {
                float[] gate = Numbers.Normal(length, seed: length, scale: 5), up = Numbers.Normal(length, seed: 1, scale: 5);
                float[] expected = new float[length], actual = new float[length];
                SwiGlu.Run(SimdLevel.Scalar, gate, up, SwiGlu.Alpha, SwiGlu.Limit, expected);
                SwiGlu.Run(level, gate, up, SwiGlu.Alpha, SwiGlu.Limit, actual);
                Numbers.AssertClose(expected, actual, 1e-6, $"{level}, length {length}");
                SwiGlu.Run(level, gate, up, SwiGlu.Alpha, SwiGlu.Limit, gate);
                Assert.Equal(actual, gate);
            }
    }

    [Fact]
    public void Extreme_gates_give_the_limits_of_the_formula()
    {
        foreach (SimdLevel level in Simd.Supported)
        {
            float[] y = new float[32], up = new float[32];
            SwiGlu.Run(level, Enumerable.Repeat(-1e30f, 32).ToArray(), up, SwiGlu.Alpha, SwiGlu.Limit, y);
            Assert.All(y, number => Assert.Equal(0f, number));
            SwiGlu.Run(level, Enumerable.Repeat(float.PositiveInfinity, 32).ToArray(), up, SwiGlu.Alpha, SwiGlu.Limit, y);
            Assert.All(y, number => Assert.Equal(7, number, 1e-4));
            SwiGlu.Run(level, Enumerable.Repeat(float.NaN, 32).ToArray(), up, SwiGlu.Alpha, SwiGlu.Limit, y);
            Assert.All(y, number => Assert.True(float.IsNaN(number)));
            SwiGlu.Run(level, up, Enumerable.Repeat(float.NaN, 32).ToArray(), SwiGlu.Alpha, SwiGlu.Limit, y);
            Assert.All(y, number => Assert.True(float.IsNaN(number)));
        }
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        Assert.ThrowsAny<ArgumentException>(() => SwiGlu.Run(new float[3], new float[4], 1, 7, new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => SwiGlu.Run(new float[3], new float[3], 1, 7, new float[2]));
        Assert.ThrowsAny<ArgumentException>(() => SwiGlu.Run(new float[3], new float[3], 1, -7, new float[3]));
    }
}
