using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>Sixteen rows: AVX-512 without VNNI.</summary>
readonly unsafe struct Tile512 : ITileWidth<Vector512<int>, Vector512<float>>
{
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* from) => Vector512.Load(from).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFloats(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float x) => Vector512.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    // Twice the value of each code, plus 12.
    static Vector512<byte> Fp4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create((byte)12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0, 12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0,
            12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0, 12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LowFp4(Vector512<int> codes) => Avx512BW.Shuffle(Fp4, (codes & Vector512.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> HighFp4(Vector512<int> codes) => Avx512BW.Shuffle(Fp4, ((codes >>> 4) & Vector512.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> StartFp4(byte* record) => Vector512.Create(*(int*)(record + QuantizedRow.Mxfp4PairStartOffset));

    // In 16 bits the sum may wrap on its way; the start makes the end fit, so it comes out exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> DotFp4(Vector512<int> sum, Vector512<int> weights, byte* quad) =>
        (sum.AsInt16() + Avx512BW.MultiplyAddAdjacent(weights.AsByte(), Vector512.Create(*(int*)quad).AsSByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FinishFp4(Vector512<int> sum) => Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), Vector512.Create((short)1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> StartQ8(byte* record) => Vector512.Create(*(int*)(record + QuantizedRow.Q8StartOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> DotQ8(Vector512<int> sum, Vector512<int> weights, byte* quad)
    {
        // Unsigned bytes times signed ones would saturate in 16 bits: even and odd columns are widened and go apart.
        Vector512<short> x = Vector512.Create(*(int*)quad).AsInt16(), even = (weights & Vector512.Create(0x00FF_00FF)).AsInt16(), odd = (weights.AsInt16() >>> 8);
        return sum + Avx512BW.MultiplyAddAdjacent(even, (x << 8) >> 8) + Avx512BW.MultiplyAddAdjacent(odd, x >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FinishQ8(Vector512<int> sum) => Vector512.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ScalesFp4(byte* scales) => (Avx512F.ConvertToVector512Int32(Vector128.Load(scales)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ScalesQ8(byte* scales)
    {
        // Moved to float32's place, the exponent is too small by 112: the product mends it, subnormal numbers included.
        Vector512<int> bits = (Avx512F.ConvertToVector512Int32(Vector256.Load((short*)scales)) << 13) & Vector512.Create(unchecked((int)0x8FFF_E000));
        return bits.AsSingle() * Vector512.Create(5.192296858534828e33f);
    }
}
