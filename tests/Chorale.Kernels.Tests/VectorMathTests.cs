namespace Chorale.Kernels.Tests;

public class VectorMathTests
{
    [Fact]
    public void Every_level_agrees_with_the_scalar_reference()
    {
        foreach (SimdLevel level in Simd.Supported)
            foreach (int length in Numbers.Lengths)
            {
                string what = $"{level}, length {length}";
                float[] x = Numbers.Normal(length, seed: length), y = Numbers.Normal(length, seed: 1);
                Numbers.AssertClose([VectorMath.Dot(SimdLevel.Scalar, x, y)], [VectorMath.Dot(level, x, y)], 3e-6 * Math.Sqrt(length + 1), what);
                Assert.Equal(VectorMath.Max(SimdLevel.Scalar, x), VectorMath.Max(level, x));

                float[] expected = new float[length], actual = new float[length];
                double sum = VectorMath.ExpAndSum(SimdLevel.Scalar, x, 0.5f, expected);
                Assert.Equal(sum, VectorMath.ExpAndSum(level, x, 0.5f, actual), 1e-5 * (1 + sum));
                Numbers.AssertClose(expected, actual, 3e-7, what);

                VectorMath.AddScaled(SimdLevel.Scalar, 1.25f, x, expected);
                VectorMath.AddScaled(level, 1.25f, x, actual);
                Numbers.AssertClose(expected, actual, 5e-7, what);
            }
    }

    [Fact]
    public void The_exponential_is_within_two_units_in_the_last_place()
    {
        // 200 000 numbers over the whole range, results below the smallest normal number included.
        float[] x = [.. Enumerable.Range(0, 200_000).Select(i => -105 + i * (194f / 200_000))], y = new float[x.Length];
        foreach (SimdLevel level in Simd.Supported)
        {
            VectorMath.ExpAndSum(level, x, 0, y);
            for (int i = 0; i < x.Length; i++)
            {
                float exact = (float)Math.Exp((double)x[i]);
                int off = Math.Abs(BitConverter.SingleToInt32Bits(y[i]) - BitConverter.SingleToInt32Bits(exact));
                if (off > 2)
                    Assert.Fail($"{level}: exp({x[i]}) is {y[i]}, off by {off}");
            }
        }
    }

    [Fact]
    public void The_exponential_of_the_ends_is_right()
    {
        foreach (SimdLevel level in Simd.Supported)
        {
            float[] x = [float.NegativeInfinity, -1e30f, 0, -0f, 1e30f, float.PositiveInfinity, float.NaN, 88.72f], y = new float[32];
            VectorMath.ExpAndSum(level, [.. x, .. x, .. x, .. x], 0, y);
            for (int i = 0; i < 32; i += 8)
            {
                Assert.Equal([0, 0, 1, 1, float.PositiveInfinity, float.PositiveInfinity, float.NaN], y[i..(i + 7)]);
                Assert.True(float.IsFinite(y[i + 7]));
            }
        }
    }

    [Fact]
    public void The_largest_number_is_found_wherever_it_stands()
    {
        foreach (SimdLevel level in Simd.Supported)
            for (int i = 0; i < 70; i++)
            {
                float[] x = Enumerable.Repeat(-3f, 70).ToArray();
                x[i] = -2;
                Assert.Equal(-2, VectorMath.Max(level, x));
                Assert.Equal(i, VectorMath.ArgMax(x));
                x[(i + 9) % 70] = float.NaN;
                Assert.True(float.IsNaN(VectorMath.Max(level, x)));
                Assert.Equal(i, VectorMath.ArgMax(x));
            }
        Assert.Equal(1, VectorMath.ArgMax([1f, 2f, 2f]));
        Assert.Equal(float.NegativeInfinity, VectorMath.Max([]));
    }

    [Fact]
    public void The_doors_refuse_lengths_that_differ()
    {
        Assert.ThrowsAny<ArgumentException>(() => VectorMath.Add(new float[2], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => VectorMath.AddScaled(1, new float[2], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => VectorMath.Dot(new float[2], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => VectorMath.ExpAndSum(new float[2], 0, new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => VectorMath.ArgMax([]));
    }
}
