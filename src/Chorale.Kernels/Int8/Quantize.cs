using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Rounds activations to 8 bits in blocks of 32: <c>scale = max|x| / 127; q = round(x / scale)</c>, ties to even.</summary>
/// <remarks>
/// A block that holds a number that is not finite gets the scale NaN, so that it comes out broken where it is used, and no other does.
/// Every level gives the same bytes.
/// </remarks>
static unsafe class Quantize
{
    /// <param name="x">Shape [columns], a multiple of 32.</param>
    /// <param name="y">Records as <see cref="QuantizedRow"/> has them, all of the row.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Row(ReadOnlySpan<float> x, Span<byte> y) => Row(Simd.Level, x, y);

    internal static void Row(SimdLevel level, ReadOnlySpan<float> x, Span<byte> y)
    {
        if (x.Length % QuantizedRow.BlockLength != 0 || y.Length != QuantizedRow.ByteCount(x.Length))
            throw new ArgumentException($"{x.Length} numbers do not fill {y.Length} bytes of records.", nameof(y));
        fixed (float* xs = x)
        fixed (byte* ys = y)
            Blocks(level, xs, x.Length / QuantizedRow.BlockLength, ys);
    }

    internal static void Blocks(SimdLevel level, float* x, int blocks, byte* y)
    {
        for (int block = 0; block < blocks; block++, x += QuantizedRow.BlockLength, y += QuantizedRow.RecordBytes)
        {
            switch (level)
            {
                case SimdLevel.Vector512: Block512(x, y); break;
                case SimdLevel.Vector256: case SimdLevel.Vector128: BlockVector(x, y); break;
                default: BlockScalar(x, y); break;
            }
        }
    }

    static void BlockScalar(float* x, byte* y)
    {
        uint largest = 0;
        for (int i = 0; i < QuantizedRow.BlockLength; i++)
            largest = Math.Max(largest, BitConverter.SingleToUInt32Bits(x[i]) & 0x7FFF_FFFF);
        float inverse = Header(largest, y);
        sbyte* q = (sbyte*)(y + QuantizedRow.ValuesOffset);
        int even = 0, odd = 0;
        for (int i = 0; i < QuantizedRow.BlockLength; i++)
        {
            q[i] = inverse == 0 ? (sbyte)0 : (sbyte)MathF.Round(x[i] * inverse);
            if (i % 4 < 2)
                even += q[i];
            else
                odd += q[i];
        }
        Starts(even, odd, y);
    }

    static void BlockVector(float* x, byte* y)
    {
        Vector256<uint> bits = Vector256<uint>.Zero;
        for (int i = 0; i < 4; i++)
            bits = Vector256.Max(bits, Vector256.Load(x + 8 * i).AsUInt32() & Vector256.Create(0x7FFF_FFFFu));
        Vector128<uint> half = Vector128.Max(bits.GetLower(), bits.GetUpper());
        uint largest = Math.Max(Math.Max(half[0], half[1]), Math.Max(half[2], half[3]));
        float inverse = Header(largest, y);
        if (inverse == 0)
        {
            Empty(y);
            return;
        }
        Vector256<float> factor = Vector256.Create(inverse);
        Vector256<short> low = Vector256.Narrow(Integers(x, factor), Integers(x + 8, factor)), high = Vector256.Narrow(Integers(x + 16, factor), Integers(x + 24, factor));
        Vector256<sbyte> q = Vector256.Narrow(low, high);
        q.Store((sbyte*)(y + QuantizedRow.ValuesOffset));
        // Pairs in one int32 lane add up to the low or high half of a quad.
        Vector256<short> sums = low + high;
        Vector128<short> eight = sums.GetLower() + sums.GetUpper();
        Starts(eight[0] + eight[1] + eight[4] + eight[5], eight[2] + eight[3] + eight[6] + eight[7], y);
    }

    static Vector256<int> Integers(float* x, Vector256<float> factor) => Vector256.ConvertToInt32Native(Vector256.Round(Vector256.Load(x) * factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Block512(float* x, byte* y)
    {
        Vector512<float> a = Vector512.Load(x), b = Vector512.Load(x + 16);
        Vector512<uint> magnitude = Vector512.Create(0x7FFF_FFFFu);
        Vector512<uint> bits = Vector512.Max(a.AsUInt32() & magnitude, b.AsUInt32() & magnitude);
        Vector256<uint> half = Vector256.Max(bits.GetLower(), bits.GetUpper());
        Vector128<uint> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(2u, 3, 0, 1)));
        float inverse = Header(Math.Max(quarter[0], quarter[1]), y);
        if (inverse == 0)
        {
            Empty(y);
            return;
        }
        Vector512<float> factor = Vector512.Create(inverse);
        // The conversion rounds to the nearest, ties to even.
        Vector512<int> left = System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector512Int32(a * factor), right = System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector512Int32(b * factor);
        System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector128SByte(left).Store((sbyte*)(y + QuantizedRow.ValuesOffset));
        System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector128SByte(right).Store((sbyte*)(y + QuantizedRow.ValuesOffset + 16));
        Vector512<int> sum = left + right;
        Vector256<int> eight = sum.GetLower() + sum.GetUpper();
        Vector128<int> four = eight.GetLower() + eight.GetUpper();
        Starts(four[0] + four[1], four[2] + four[3], y);
    }

    /// <summary>Writes the scale; gives what numbers are multiplied by, or 0 where all become 0.</summary>
    static float Header(uint largest, byte* y)
    {
        float most = BitConverter.UInt32BitsToSingle(largest), scale = most / 127;
        // Below the smallest normal number a reciprocal would be infinite: such a block is as good as nothing.
        bool isFinite = largest < 0x7F80_0000, isUseful = isFinite && scale >= 1.2e-38f;
        *(float*)(y + QuantizedRow.ScaleOffset) = isUseful ? scale : isFinite ? 0 : float.NaN;
        return isUseful ? 127 / most : 0;
    }

    static void Starts(int even, int odd, byte* y)
    {
        *(int*)(y + QuantizedRow.Mxfp4StartOffset) = -12 * (even + odd);
        *(short*)(y + QuantizedRow.Mxfp4PairStartOffset) = unchecked((short)(-12 * even));
        *(short*)(y + QuantizedRow.Mxfp4PairStartOffset + 2) = unchecked((short)(-12 * odd));
        *(int*)(y + QuantizedRow.Q8StartOffset) = -128 * (even + odd);
    }

    static void Empty(byte* y)
    {
        Starts(0, 0, y);
        Vector256<byte>.Zero.Store(y + QuantizedRow.ValuesOffset);
    }
}
