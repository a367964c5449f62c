using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>Four rows: SSSE3, the dot product of Arm, or, where there is neither, what every CPU with vectors has.</summary>
readonly unsafe struct Tile128 : ITileWidth<Vector128<int>, Vector128<float>>
{
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* from) => Vector128.Load(from).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadFloats(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float x) => Vector128.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    // Twice the value of each code; SSSE3 multiplies unsigned by signed and takes it plus 12.
    static Vector128<byte> Fp4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ssse3.IsSupported
            ? Vector128.Create((byte)12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0)
            : Vector128.Create(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LowFp4(Vector128<int> codes) => Vector128.ShuffleNative(Fp4, (codes & Vector128.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> HighFp4(Vector128<int> codes) => Vector128.ShuffleNative(Fp4, ((codes >>> 4) & Vector128.Create(0x0F0F_0F0F)).AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> StartFp4(byte* record) =>
        Ssse3.IsSupported ? Vector128.Create(*(int*)(record + QuantizedRow.Mxfp4PairStartOffset)) : Vector128<int>.Zero;

    // In 16 bits the sum may wrap on its way; the start makes the end fit, so it comes out exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotFp4(Vector128<int> sum, Vector128<int> weights, byte* quad) => Ssse3.IsSupported
        ? (sum.AsInt16() + Ssse3.MultiplyAddAdjacent(weights.AsByte(), Vector128.Create(*(int*)quad).AsSByte())).AsInt32()
        : DotSigned(sum, weights.AsSByte(), Vector128.Create(*(int*)quad).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FinishFp4(Vector128<int> sum) =>
        Vector128.ConvertToSingle(Ssse3.IsSupported ? Sse2.MultiplyAddAdjacent(sum.AsInt16(), Vector128.Create((short)1)) : sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> StartQ8(byte* record) =>
        Ssse3.IsSupported ? Vector128.Create(*(int*)(record + QuantizedRow.Q8StartOffset)) : Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotQ8(Vector128<int> sum, Vector128<int> weights, byte* quad)
    {
        if (!Ssse3.IsSupported)
            return DotSigned(sum, (weights ^ Vector128.Create(unchecked((int)0x8080_8080))).AsSByte(), Vector128.Create(*(int*)quad).AsSByte());
        // Unsigned bytes times signed ones would saturate in 16 bits: even and odd columns are widened and go apart.
        Vector128<short> x = Vector128.Create(*(int*)quad).AsInt16(), even = (weights & Vector128.Create(0x00FF_00FF)).AsInt16(), odd = weights.AsInt16() >>> 8;
        return sum + Sse2.MultiplyAddAdjacent(even, (x << 8) >> 8) + Sse2.MultiplyAddAdjacent(odd, x >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FinishQ8(Vector128<int> sum) => Vector128.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> DotSigned(Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> x)
    {
        if (Dp.IsSupported)
            return Dp.DotProduct(sum, weights, x);
        Vector128<short> low = Vector128.WidenLower(weights) * Vector128.WidenLower(x), high = Vector128.WidenUpper(weights) * Vector128.WidenUpper(x);
        // Each int32 lane takes its own four products: rows 0 and 1 lie in the low half, 2 and 3 in the high one.
        return sum + Vector128.Create(
            low[0] + low[1] + low[2] + low[3], low[4] + low[5] + low[6] + low[7],
            high[0] + high[1] + high[2] + high[3], high[4] + high[5] + high[6] + high[7]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ScalesFp4(byte* scales) =>
        (Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)scales).AsByte())) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ScalesQ8(byte* scales)
    {
        // Moved to float32's place, the exponent is too small by 112: the product mends it, subnormal numbers included.
        Vector128<int> bits = (Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)scales).AsInt16()) << 13) & Vector128.Create(unchecked((int)0x8FFF_E000));
        return bits.AsSingle() * Vector128.Create(5.192296858534828e33f);
    }
}
