using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>Sixteen floats: AVX-512.</summary>
readonly unsafe struct Width512 : IWidth<Vector512<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* x) => Vector512.Load(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> x, float* y) => x.Store(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float x) => Vector512.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> KeepNaN(Vector512<float> x, Vector512<float> y) => Vector512.ConditionalSelect(Vector512.Equals(x, x), y, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> x) => Vector512.Round(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> n) => ((Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwoOfShifted(Vector512<float> n) => ((n.AsInt32() << 23) + Vector512.Create(127 << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Vector512<float> a, Vector512<float> b) => Vector512.GreaterThanAny(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> x) => Vector512.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sum16(float* x, float* y)
    {
        // A transpose in which each step also adds: 16 vectors become 8, 4, 2 and 1.
        Vector512<float> s0 = Quad(x, 0), s1 = Quad(x, 4), s2 = Quad(x, 8), s3 = Quad(x, 12);
        Vector512<float> t0 = Avx512F.Shuffle4x128(s0, s1, 0b10_00_10_00) + Avx512F.Shuffle4x128(s0, s1, 0b11_01_11_01);
        Vector512<float> t1 = Avx512F.Shuffle4x128(s2, s3, 0b10_00_10_00) + Avx512F.Shuffle4x128(s2, s3, 0b11_01_11_01);
        (Avx512F.Shuffle4x128(t0, t1, 0b10_00_10_00) + Avx512F.Shuffle4x128(t0, t1, 0b11_01_11_01)).Store(y);
    }

    // Four vectors to one: lane i of each 128 bits holds that part's sum of vector i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Quad(float* x, int at)
    {
        Vector512<float> a = Vector512.Load(x + at * 16), b = Vector512.Load(x + at * 16 + 16);
        Vector512<float> c = Vector512.Load(x + at * 16 + 32), d = Vector512.Load(x + at * 16 + 48);
        Vector512<double> ab = (Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b)).AsDouble();
        Vector512<double> cd = (Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d)).AsDouble();
        return Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector512<float> x)
    {
        Vector256<float> half = Vector256.MaxNative(x.GetLower(), x.GetUpper());
        Vector128<float> m = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        m = Vector128.MaxNative(m, Vector128.Shuffle(m, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(m, Vector128.Shuffle(m, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFloat16(ushort* x)
    {
        // Float16.ToSingle, all lanes at once.
        Vector512<uint> half = Avx512F.ConvertToVector512UInt32(Vector256.Load(x));
        Vector512<uint> magnitude = (half & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> exponent = magnitude & Vector512.Create(Float16.ExponentMask);
        Vector512<uint> bits = magnitude + Vector512.Create(Float16.ExponentShift);
        Vector512<uint> tiny = ((bits + Vector512.Create(1u << 23)).AsSingle() - Vector512.Create(113u << 23).AsSingle()).AsUInt32();
        bits += Vector512.Equals(exponent, Vector512.Create(Float16.ExponentMask)) & Vector512.Create(Float16.ExponentShift);
        bits = Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<uint>.Zero), tiny, bits);
        return (bits | ((half & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadNormalFloat16(ushort* x)
    {
        // Widened with its sign and shifted, a half has float32's fields, but for the bias of the exponent: 2^112. The largest exponent means infinity or NaN.
        Vector512<float> y = ((Avx512F.ConvertToVector512Int32(Vector256.Load((short*)x)) << 13) & Vector512.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector512.Create(0x7780_0000).AsSingle();
        return y | (Vector512.GreaterThanOrEqual(Vector512.Abs(y), Vector512.Create(65536f)) & Vector512.Create(float.PositiveInfinity));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBFloat16(ushort* x) => (Avx512F.ConvertToVector512UInt32(Vector256.Load(x)) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadSBytes(sbyte* x) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadCodes(byte* x) => Avx512F.ConvertToVector512Int32(Vector128.Load(x)).AsSingle();

    // The permute reads four bits of each index, just the code's: a table of all 16 values, and no masking.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LowFp4(Vector512<float> codes) => Avx512F.PermuteVar16x32(
        Vector512.Create(0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f), codes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> HighFp4(Vector512<float> codes) => LowFp4((codes.AsInt32() >>> 4).AsSingle());
}
