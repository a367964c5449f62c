using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    /// <param name="limit">The clamp, not negative.</param>
    /// <param name="y">Result, shape [intermediate]; may be the memory of <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <exception cref="ArgumentException">The three lengths differ.</exception>
    public static void Run(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, float alpha, float limit, Span<float> y) =>
        Run(Simd.Level, gate, up, alpha, limit, y);

    internal static void Run(SimdLevel level, ReadOnlySpan<float> gate, ReadOnlySpan<float> up, float alpha, float limit, Span<float> y)
    {
        if (gate.Length != up.Length || gate.Length != y.Length)
            throw new ArgumentException($"{gate.Length} gates, {up.Length} ups and {y.Length} results are not the same number.");
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        fixed (float* gs = gate, us = up, ys = y)
            switch (level)
            {
                case SimdLevel.Vector512: Run<Width512, Vector512<float>>(gs, us, alpha, limit, ys, y.Length); break;
                case SimdLevel.Vector256: Run<Width256, Vector256<float>>(gs, us, alpha, limit, ys, y.Length); break;
                case SimdLevel.Vector128: Run<Width128, Vector128<float>>(gs, us, alpha, limit, ys, y.Length); break;
                default: RunScalar(gs, us, alpha, limit, ys, y.Length); break;
            }
    }

    static void RunScalar(float* gate, float* up, float alpha, float limit, float* y, int count)
    {
        for (int i = 0; i < count; i++)
        {
            double g = Math.Min(gate[i], limit), u = Math.Clamp(up[i], -limit, limit);
            y[i] = (float)(g / (1 + Math.Exp(-(double)alpha * g)) * (u + 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TWidth, TVector>(float* gate, float* up, float alpha, float limit, float* y, int count)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector minusAlpha = TWidth.Broadcast(-alpha), high = TWidth.Broadcast(limit), low = TWidth.Broadcast(-limit), one = TWidth.Broadcast(1);
        int i = 0;
        for (; i + TWidth.Count <= count; i += TWidth.Count)
        {
            TVector g = TWidth.Load(gate + i), u = TWidth.Load(up + i);
            g = TWidth.KeepNaN(g, TWidth.Min(g, high));
            u = TWidth.KeepNaN(u, TWidth.Max(TWidth.Min(u, high), low));
            TVector sigmoid = TWidth.Divide(one, TWidth.Add(one, VectorExp.Run<TWidth, TVector>(TWidth.Multiply(g, minusAlpha))));
            TWidth.Store(TWidth.Multiply(TWidth.Multiply(g, sigmoid), TWidth.Add(u, one)), y + i);
        }
        RunScalar(gate + i, up + i, alpha, limit, y + i, count - i);
    }
}
