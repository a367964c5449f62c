using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>Eight rows: AVX-VNNI; all but the dot products is as with AVX2.</summary>
readonly unsafe struct TileVnni256 : ITileWidth<Vector256<int>, Vector256<float>>
{
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* from) => Tile256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFloats(float* from) => Tile256.LoadFloats(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> x, float* to) => Tile256.Store(x, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float x) => Tile256.Broadcast(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => Tile256.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Tile256.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LowFp4(Vector256<int> codes) => Tile256.LowFp4(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> HighFp4(Vector256<int> codes) => Tile256.HighFp4(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartFp4(byte* record) => Vector256.Create(*(int*)(record + QuantizedRow.Mxfp4StartOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotFp4(Vector256<int> sum, Vector256<int> weights, byte* quad) => AvxVnni.MultiplyWideningAndAdd(sum, weights.AsByte(), Vector256.Create(*(int*)quad).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FinishFp4(Vector256<int> sum) => Vector256.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> StartQ8(byte* record) => Vector256.Create(*(int*)(record + QuantizedRow.Q8StartOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotQ8(Vector256<int> sum, Vector256<int> weights, byte* quad) => AvxVnni.MultiplyWideningAndAdd(sum, weights.AsByte(), Vector256.Create(*(int*)quad).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FinishQ8(Vector256<int> sum) => Vector256.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScalesFp4(byte* scales) => Tile256.ScalesFp4(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScalesQ8(byte* scales) => Tile256.ScalesQ8(scales);
}
