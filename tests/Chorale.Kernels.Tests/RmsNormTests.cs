namespace Chorale.Kernels.Tests;

public class RmsNormTests
{
    public static IEnumerable<TheoryDataRow<string>> Levels => Numbers.Levels.Select(level => new TheoryDataRow<string>(level));

    [Theory, MemberData(nameof(Levels))]
    public void Every_level_agrees_with_the_scalar_reference(string level)
    {
        foreach (int length in Numbers.Lengths)
        {
            float[] x = Numbers.Normal(length, seed: length, scale: 30), weight = Numbers.Normal(length, seed: 1);
            float[] expected = new float[length], actual = new float[length];
            RmsNorm.Run(SimdLevel.Scalar, x, weight, 1e-5f, expected);
            RmsNorm.Run(Numbers.Level(level), x, weight, 1e-5f, actual);
            Numbers.AssertClose(expected, actual, 1e-6, $"length {length}");
            RmsNorm.Run(Numbers.Level(level), x, weight, 1e-5f, x);
            Assert.Equal(actual, x);
        }
    }

    [Fact]
    public void The_mean_square_is_taken_and_the_epsilon_added_inside_the_root()
    {
        float[] y = new float[2];
        RmsNorm.Run(SimdLevel.Scalar, [3f, 4f], [1f, 2f], 12f, y);          // mean square 12.5, and 12 make 24.5
        Numbers.AssertClose([(float)(3 / Math.Sqrt(24.5)), (float)(8 / Math.Sqrt(24.5))], y, 1e-7, "by hand");
    }

    [Fact]
    public void A_broken_activation_breaks_the_token_and_zeros_stay_zeros()
    {
        foreach (SimdLevel level in Simd.Supported)
        {
            float[] x = new float[70], y = new float[70], weight = Enumerable.Repeat(1f, 70).ToArray();
            RmsNorm.Run(level, x, weight, 1e-5f, y);
            Assert.All(y, number => Assert.Equal(0f, number));
            x[33] = float.NaN;
            RmsNorm.Run(level, x, weight, 1e-5f, y);
            Assert.All(y, number => Assert.True(float.IsNaN(number)));
        }
    }

    [Fact]
    public void The_door_refuses_lengths_that_differ()
    {
        Assert.ThrowsAny<ArgumentException>(() => RmsNorm.Run(new float[3], new float[4], 0, new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => RmsNorm.Run(new float[3], new float[3], 0, new float[2]));
    }
}
