using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>The small pieces: sums, products and maxima over spans of floats.</summary>
static unsafe class VectorMath
{
    /// <summary><c>y[i] += x[i]</c>: the residual stream.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(ReadOnlySpan<float> x, Span<float> y) => AddScaled(Simd.Level, 1, x, y);

    /// <summary><c>y[i] += a * x[i]</c>: an expert's share.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y) => AddScaled(Simd.Level, a, x, y);

    /// <summary><c>sum of x[i] * y[i]</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Dot(Simd.Level, x, y);

    /// <summary>The largest number; NaN where there is one, minus infinity for none at all.</summary>
    public static float Max(ReadOnlySpan<float> x) => Max(Simd.Level, x);

    /// <summary><c>y[i] = exp(x[i] - shift)</c>, and their sum.</summary>
    /// <param name="x">Any numbers.</param>
    /// <param name="shift">Taken off first: the largest of them, so that nothing overflows.</param>
    /// <param name="y">Result, as many; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double ExpAndSum(ReadOnlySpan<float> x, float shift, Span<float> y) => ExpAndSum(Simd.Level, x, shift, y);

    /// <summary>The index of the largest number, the first of equals; NaN counts as smallest.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static int ArgMax(ReadOnlySpan<float> x)
    {
        if (x.IsEmpty)
            throw new ArgumentException("There is no largest of no numbers.", nameof(x));
        int best = 0;
        for (int i = 1; i < x.Length; i++)
            if (x[i] > x[best] || (float.IsNaN(x[best]) && !float.IsNaN(x[i])))
                best = i;
        return best;
    }

    internal static void AddScaled(SimdLevel level, float a, ReadOnlySpan<float> x, Span<float> y)
    {
        CheckSame(x.Length, y.Length);
        fixed (float* xs = x, ys = y)
            switch (level)
            {
                case SimdLevel.Vector512: AddScaled<Width512, Vector512<float>>(a, xs, ys, x.Length); break;
                case SimdLevel.Vector256: AddScaled<Width256, Vector256<float>>(a, xs, ys, x.Length); break;
                case SimdLevel.Vector128: AddScaled<Width128, Vector128<float>>(a, xs, ys, x.Length); break;
                default: AddScaledScalar(a, xs, ys, x.Length); break;
            }
    }

    internal static float Dot(SimdLevel level, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        CheckSame(x.Length, y.Length);
        fixed (float* xs = x, ys = y)
            return level switch
            {
                SimdLevel.Vector512 => Dot<Width512, Vector512<float>>(xs, ys, x.Length),
                SimdLevel.Vector256 => Dot<Width256, Vector256<float>>(xs, ys, x.Length),
                SimdLevel.Vector128 => Dot<Width128, Vector128<float>>(xs, ys, x.Length),
                _ => (float)DotScalar(xs, ys, x.Length),
            };
    }

    internal static float Max(SimdLevel level, ReadOnlySpan<float> x)
    {
        fixed (float* xs = x)
            return level switch
            {
                SimdLevel.Vector512 => Max<Width512, Vector512<float>>(xs, x.Length),
                SimdLevel.Vector256 => Max<Width256, Vector256<float>>(xs, x.Length),
                SimdLevel.Vector128 => Max<Width128, Vector128<float>>(xs, x.Length),
                _ => MaxScalar(xs, x.Length),
            };
    }

    internal static double ExpAndSum(SimdLevel level, ReadOnlySpan<float> x, float shift, Span<float> y)
    {
        CheckSame(x.Length, y.Length);
        fixed (float* xs = x, ys = y)
            return level switch
            {
                SimdLevel.Vector512 => ExpAndSum<Width512, Vector512<float>>(xs, shift, ys, x.Length),
                SimdLevel.Vector256 => ExpAndSum<Width256, Vector256<float>>(xs, shift, ys, x.Length),
                SimdLevel.Vector128 => ExpAndSum<Width128, Vector128<float>>(xs, shift, ys, x.Length),
                _ => ExpAndSumScalar(xs, shift, ys, x.Length),
            };
    }

    static void AddScaledScalar(float a, float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++)
            y[i] = (float)((double)a * x[i] + y[i]);
    }

    static double DotScalar(float* x, float* y, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    static float MaxScalar(float* x, int count)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
            max = Math.Max(max, x[i]);
        return max;
    }

    static double ExpAndSumScalar(float* x, float shift, float* y, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            y[i] = (float)Math.Exp((double)(x[i] - shift));
            sum += y[i];
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddScaled<TWidth, TVector>(float a, float* x, float* y, int count)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector scale = TWidth.Broadcast(a);
        int i = 0;
        for (; i + TWidth.Count <= count; i += TWidth.Count)
            TWidth.Store(TWidth.MultiplyAdd(scale, TWidth.Load(x + i), TWidth.Load(y + i)), y + i);
        AddScaledScalar(a, x + i, y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Dot<TWidth, TVector>(float* x, float* y, int count)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 4 * TWidth.Count <= count; i += 4 * TWidth.Count)
        {
            a = TWidth.MultiplyAdd(TWidth.Load(x + i), TWidth.Load(y + i), a);
            b = TWidth.MultiplyAdd(TWidth.Load(x + i + TWidth.Count), TWidth.Load(y + i + TWidth.Count), b);
            c = TWidth.MultiplyAdd(TWidth.Load(x + i + 2 * TWidth.Count), TWidth.Load(y + i + 2 * TWidth.Count), c);
            d = TWidth.MultiplyAdd(TWidth.Load(x + i + 3 * TWidth.Count), TWidth.Load(y + i + 3 * TWidth.Count), d);
        }
        return (float)(TWidth.Sum(TWidth.Add(TWidth.Add(a, b), TWidth.Add(c, d))) + DotScalar(x + i, y + i, count - i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Max<TWidth, TVector>(float* x, int count)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        // A plain maximum loses a NaN, so it is carried beside: each lane keeps the last one seen, or zero.
        TVector max = TWidth.Broadcast(float.NegativeInfinity), nan = default;
        int i = 0;
        for (; i + TWidth.Count <= count; i += TWidth.Count)
        {
            TVector v = TWidth.Load(x + i);
            max = TWidth.Max(v, max);
            nan = TWidth.KeepNaN(v, nan);
        }
        float rest = MaxScalar(x + i, count - i), broken = TWidth.Sum(nan);
        return float.IsNaN(broken) ? broken : Math.Max(TWidth.MaxLane(max), rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double ExpAndSum<TWidth, TVector>(float* x, float shift, float* y, int count)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector minusShift = TWidth.Broadcast(-shift), sum = default;
        int i = 0;
        for (; i + TWidth.Count <= count; i += TWidth.Count)
        {
            TVector e = VectorExp.Run<TWidth, TVector>(TWidth.Add(TWidth.Load(x + i), minusShift));
            TWidth.Store(e, y + i);
            sum = TWidth.Add(sum, e);
        }
        return TWidth.Sum(sum) + ExpAndSumScalar(x + i, shift, y + i, count - i);
    }

    static void CheckSame(int x, int y)
    {
        if (x != y)
            throw new ArgumentException($"{x} and {y} numbers are not the same number.");
    }
}
