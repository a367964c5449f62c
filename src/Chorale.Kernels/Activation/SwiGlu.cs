namespace Chorale.Kernels;

/// <summary>
/// The clamped gate of gpt-oss: <c>g = min(gate, limit); u = clamp(up, -limit, limit); y = g * sigmoid(alpha * g) * (u + 1)</c>.
/// </summary>
/// <remarks>Source: OpenAI's gpt-oss reference. The gate is clamped from above only, and one is added to up after its clamp.</remarks>
static unsafe class SwiGlu
{
    /// <summary>The alpha of gpt-oss.</summary>
    public const float Alpha = 1.702f;

    /// <summary>The clamp of gpt-oss.</summary>
    public const float Limit = 7f;

    /// <param name="gate">Gate values with their bias, shape [intermediate].</param>
    /// <param name="up">Up values with their bias, shape [intermediate].</param>
    /// <param name="alpha">Steepness of the sigmoid.</param>
    /// <param name="limit">The clamp.</param>
    /// <param name="y">Result, shape [intermediate]; may be the memory of <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <exception cref="ArgumentException">The three lengths differ.</exception>
    public static void Run(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, float alpha, float limit, Span<float> y) =>
        Run(Simd.Level, gate, up, alpha, limit, y);

    internal static void Run(SimdLevel level, ReadOnlySpan<float> gate, ReadOnlySpan<float> up, float alpha, float limit, Span<float> y)
    {
        if (gate.Length != up.Length || gate.Length != y.Length)
            throw new ArgumentException($"{gate.Length} gates, {up.Length} ups and {y.Length} results are not the same number.");
        _ = level;
        for (int i = 0; i < y.Length; i++)
            y[i] = One(gate[i], up[i], alpha, limit);
    }

    static float One(float gate, float up, float alpha, float limit)
    {
        double g = Math.Min(gate, limit);
        double u = Math.Clamp(up, -limit, limit);
        return (float)(g / (1 + Math.Exp(-alpha * g)) * (u + 1));
    }
}
