using System.Text.Json;

namespace Chorale.Kernels.Tests;

public class DequantizeTests
{
    static float[] Decode(SimdLevel level, WeightType type, ReadOnlySpan<byte> bytes, int columns)
    {
        using NativeBuffer<byte> memory = new(bytes.Length);
        bytes.CopyTo(memory.Span);
        float[] y = new float[columns];
        memory.Matrix(0, type, 1, columns).CopyRow(level, 0, y);
        return y;
    }

    static byte[] Bytes(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetByte())];

    [Fact]
    public void Mxfp4_blocks_decode_to_the_recorded_values()
    {
        JsonElement unit = Units.Get("mxfp4");
        Assert.Equal(unit.GetProperty("code_values").EnumerateArray().Select(e => e.GetSingle()), Mxfp4.CodeValues.ToArray());
        float[] expected = [.. unit.GetProperty("values").EnumerateArray().Select(e => e.GetSingle())];
        foreach (SimdLevel level in Simd.Supported)
            AssertSameBits(expected, Decode(level, WeightType.Mxfp4, Bytes(unit.GetProperty("ggml_block_17_bytes")), 32), level.ToString());
    }

    [Fact]
    public void Q8_0_blocks_decode_to_the_recorded_values()
    {
        JsonElement unit = Units.Get("q8_0");
        float[] expected = [.. unit.GetProperty("dequant").EnumerateArray().Select(e => (float)e.GetDouble())];
        foreach (SimdLevel level in Simd.Supported)
            Numbers.AssertClose(expected, Decode(level, WeightType.Q8_0, Bytes(unit.GetProperty("bytes")), 64), 1e-11, level.ToString());
    }

    [Fact]
    public void Every_mxfp4_scale_and_code_decodes_exactly()
    {
        byte[] block = new byte[17];
        for (int scale = 0; scale < 256; scale++)
        {
            block[0] = (byte)scale;
            for (int j = 0; j < 16; j++)
                block[1 + j] = (byte)(j | (15 - j) << 4);
            float[] expected = [.. Enumerable.Range(0, 32).Select(i => (float)(Mxfp4.CodeValues[i < 16 ? i : 31 - i] * (scale == 255 ? double.NaN : Math.ScaleB(1, scale - 127))))];
            foreach (SimdLevel level in Simd.Supported)
                AssertSameBits(expected, Decode(level, WeightType.Mxfp4, block, 32), $"{level}, scale {scale}");
        }
    }

    [Fact]
    public void Every_float16_decodes_exactly()
    {
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        float[] expected = [.. all.Select(bits => (float)BitConverter.UInt16BitsToHalf(bits))];
        byte[] bytes = new byte[2 * all.Length];
        Buffer.BlockCopy(all, 0, bytes, 0, bytes.Length);
        foreach (SimdLevel level in Simd.Supported)
            AssertSameBits(expected, Decode(level, WeightType.F16, bytes, all.Length), level.ToString());
    }

    [Fact]
    public void Bfloat16_is_the_upper_half_of_a_float32()
    {
        foreach (JsonElement pair in Units.Get("bf16_rounding").EnumerateArray())
        {
            ushort bits = pair[1].GetUInt16();
            foreach (SimdLevel level in Simd.Supported)
                Assert.Equal(pair[0].GetDouble(), Decode(level, WeightType.BF16, BitConverter.GetBytes(bits), 1)[0], Math.Abs(pair[0].GetDouble()) / 256);
        }
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        byte[] bytes = new byte[2 * all.Length];
        Buffer.BlockCopy(all, 0, bytes, 0, bytes.Length);
        foreach (SimdLevel level in Simd.Supported)
            AssertSameBits([.. all.Select(half => BitConverter.Int32BitsToSingle(half << 16))], Decode(level, WeightType.BF16, bytes, all.Length), level.ToString());
    }

    [Fact]
    public void Every_level_decodes_random_blocks_to_the_same_bits()
    {
        foreach (WeightType type in Enum.GetValues<WeightType>())
            foreach (int columns in Numbers.Lengths.Where(length => length % type.BlockLength() == 0))
            {
                (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(type, 2, columns, seed: columns);
                using NativeBuffer<byte> owner = memory;
                float[] expected = new float[columns], actual = new float[columns];
                w.CopyRow(SimdLevel.Scalar, 1, expected);
                foreach (SimdLevel level in Simd.Supported)
                {
                    w.CopyRow(level, 1, actual);
                    AssertSameBits(expected, actual, $"{level} {type} {columns}");
                }
            }
    }

    // NaN payloads aside: a quiet NaN is as good as another.
    static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = float.IsNaN(expected[i]) ? float.IsNaN(actual[i]) : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            if (!same)
                Assert.Fail($"{what}: number {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}
