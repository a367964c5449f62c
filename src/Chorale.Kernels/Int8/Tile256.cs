using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>Eight rows: AVX2.</summary>
readonly unsafe struct Tile256 : ITileWidth<Vector256<int>, Vector256<float>>
{
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* from) => Vector256.Load(from).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFloats(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float x) => Vector256.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    // Twice the value of each code, plus 12.
    static Vector256<byte> Fp4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((byte)12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0, 12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LowFp4(Vector256<int> codes) => Avx2.Shuffle(Fp4, (codes & Vector256.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> HighFp4(Vector256<int> codes) => Avx2.Shuffle(Fp4, ((codes >>> 4) & Vector256.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartFp4(byte* record) => Vector256.Create(*(int*)(record + QuantizedRow.Mxfp4PairStartOffset));

    // In 16 bits the sum may wrap on its way; the start makes the end fit, so it comes out exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotFp4(Vector256<int> sum, Vector256<int> weights, byte* quad) =>
        (sum.AsInt16() + Avx2.MultiplyAddAdjacent(weights.AsByte(), Vector256.Create(*(int*)quad).AsSByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FinishFp4(Vector256<int> sum) => Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(sum.AsInt16(), Vector256.Create((short)1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartQ8(byte* record) => Vector256.Create(*(int*)(record + QuantizedRow.Q8StartOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotQ8(Vector256<int> sum, Vector256<int> weights, byte* quad)
    {
        // Unsigned bytes times signed ones would saturate in 16 bits: even and odd columns are widened and go apart.
        Vector256<short> x = Vector256.Create(*(int*)quad).AsInt16(), even = (weights & Vector256.Create(0x00FF_00FF)).AsInt16(), odd = (weights.AsInt16() >>> 8);
        return sum + Avx2.MultiplyAddAdjacent(even, (x << 8) >> 8) + Avx2.MultiplyAddAdjacent(odd, x >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FinishQ8(Vector256<int> sum) => Vector256.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScalesFp4(byte* scales) => (Avx2.ConvertToVector256Int32(scales) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScalesQ8(byte* scales)
    {
        // Moved to float32's place, the exponent is too small by 112: the product mends it, subnormal numbers included.
        Vector256<int> bits = (Avx2.ConvertToVector256Int32((short*)scales) << 13) & Vector256.Create(unchecked((int)0x8FFF_E000));
        return bits.AsSingle() * Vector256.Create(5.192296858534828e33f);
    }
}
