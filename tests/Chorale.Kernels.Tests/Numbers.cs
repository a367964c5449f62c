using System.Buffers.Binary;

namespace Chorale.Kernels.Tests;

/// <summary>Seeded numbers and the measure by which two ways to compute are compared.</summary>
static class Numbers
{
    /// <summary>The vector levels of this CPU, by name because theory data are public.</summary>
    public static IEnumerable<string> Levels => Simd.Supported.Where(level => level != SimdLevel.Scalar).Select(level => level.ToString());

    public static SimdLevel Level(string name) => Enum.Parse<SimdLevel>(name);

    /// <summary>Every length at which a loop over vectors may change its mind, and the model's own.</summary>
    public static IEnumerable<int> Lengths => Enumerable.Range(0, 257).Append(2880);

    public static float[] Normal(int count, int seed, float scale = 1)
    {
        Random random = new(seed);
        float[] x = new float[count];
        for (int i = 0; i < count; i++)
            x[i] = scale * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return x;
    }

    /// <summary>Fails where a number is farther from the expected one than <paramref name="tolerance"/> times 1 or its size.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]) || (float.IsNaN(expected[i]) && float.IsNaN(actual[i])) ||
                Math.Abs((double)expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs((double)expected[i]));
            if (!same)
                Assert.Fail($"{what}: number {i} is {actual[i]}, expected {expected[i]}");
        }
    }

    /// <summary>A matrix of random weights: random bits where every pattern is a number, else encoded normal numbers.</summary>
    public static (NativeBuffer<byte> Memory, WeightMatrix Matrix) Weights(WeightType type, int rows, int columns, int seed)
    {
        NativeBuffer<byte> memory = new(rows * type.RowBytes(columns));
        Span<byte> bytes = memory.Span;
        Random random = new(seed);
        random.NextBytes(bytes);
        switch (type)
        {
            case WeightType.F32:
                float[] numbers = Normal(rows * columns, seed);
                for (int i = 0; i < numbers.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], numbers[i]);
                break;
            case WeightType.F16:
                for (int i = 0; i < bytes.Length; i += 2)
                    BinaryPrimitives.WriteHalfLittleEndian(bytes[i..], (Half)(random.NextSingle() - 0.5f));
                break;
            case WeightType.BF16:
                for (int i = 0; i < bytes.Length; i += 2)
                    BinaryPrimitives.WriteInt16LittleEndian(bytes[i..], (short)(BitConverter.SingleToInt32Bits(random.NextSingle() - 0.5f) >> 16));
                break;
            case WeightType.Q8_0:
                for (int i = 0; i < bytes.Length; i += Q8Block.BlockBytes)
                    BinaryPrimitives.WriteHalfLittleEndian(bytes[i..], (Half)(random.NextSingle() / 100));
                break;
            default:
                for (int i = 0; i < bytes.Length; i += Mxfp4.BlockBytes)
                    bytes[i] = (byte)random.Next(120, 128);
                break;
        }
        return (memory, memory.Matrix(0, type, rows, columns));
    }
}
