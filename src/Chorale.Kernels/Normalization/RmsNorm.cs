using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Root-mean-square norm: <c>y[i] = weight[i] * x[i] / sqrt(mean(x²) + epsilon)</c>.</summary>
/// <remarks>Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization".</remarks>
static unsafe class RmsNorm
{
    /// <param name="x">Activations, shape [hidden].</param>
    /// <param name="weight">Learned scale, shape [hidden].</param>
    /// <param name="epsilon">Added to the mean square before the root.</param>
    /// <param name="y">Result, shape [hidden]; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The three lengths differ.</exception>
    public static void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y) =>
        Run(Simd.Level, x, weight, epsilon, y);

    internal static void Run(SimdLevel level, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        if (x.Length != weight.Length || x.Length != y.Length)
            throw new ArgumentException($"{x.Length} activations, {weight.Length} weights and {y.Length} results are not the same number.");
        fixed (float* xs = x, ws = weight, ys = y)
            switch (level)
            {
                case SimdLevel.Vector512: Run<Width512, Vector512<float>>(xs, ws, epsilon, ys, x.Length); break;
                case SimdLevel.Vector256: Run<Width256, Vector256<float>>(xs, ws, epsilon, ys, x.Length); break;
                case SimdLevel.Vector128: Run<Width128, Vector128<float>>(xs, ws, epsilon, ys, x.Length); break;
                default: RunScalar(xs, ws, epsilon, ys, x.Length); break;
            }
    }

    static void RunScalar(float* x, float* weight, float epsilon, float* y, int hidden)
    {
        double sum = 0;
        for (int i = 0; i < hidden; i++)
            sum += (double)x[i] * x[i];
        double scale = 1 / Math.Sqrt(sum / hidden + epsilon);
        for (int i = 0; i < hidden; i++)
            y[i] = (float)(weight[i] * (x[i] * scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TWidth, TVector>(float* x, float* weight, float epsilon, float* y, int hidden)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 4 * TWidth.Count <= hidden; i += 4 * TWidth.Count)
        {
            TVector x0 = TWidth.Load(x + i), x1 = TWidth.Load(x + i + TWidth.Count);
            TVector x2 = TWidth.Load(x + i + 2 * TWidth.Count), x3 = TWidth.Load(x + i + 3 * TWidth.Count);
            a = TWidth.MultiplyAdd(x0, x0, a);
            b = TWidth.MultiplyAdd(x1, x1, b);
            c = TWidth.MultiplyAdd(x2, x2, c);
            d = TWidth.MultiplyAdd(x3, x3, d);
        }
        double sum = TWidth.Sum(TWidth.Add(TWidth.Add(a, b), TWidth.Add(c, d)));
        for (; i < hidden; i++)
            sum += (double)x[i] * x[i];

        float scale = (float)(1 / Math.Sqrt(sum / hidden + epsilon));
        TVector scales = TWidth.Broadcast(scale);
        for (i = 0; i + TWidth.Count <= hidden; i += TWidth.Count)
            TWidth.Store(TWidth.Multiply(TWidth.Load(weight + i), TWidth.Multiply(TWidth.Load(x + i), scales)), y + i);
        for (; i < hidden; i++)
            y[i] = weight[i] * (x[i] * scale);
    }
}
