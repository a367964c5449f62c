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
        if (x.IsEmpty)
            return;
        _ = level;
        double mean = SumOfSquaresScalar(x) / x.Length;
        float scale = (float)(1 / Math.Sqrt(mean + epsilon));
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] * scale * weight[i];
    }

    static double SumOfSquaresScalar(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
            sum += (double)value * value;
        return sum;
    }
}
