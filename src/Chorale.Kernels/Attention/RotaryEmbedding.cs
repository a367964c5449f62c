using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Rotary position embedding: turns each pair (j, j + headDim / 2) of a head by its frequency times the position.</summary>
/// <remarks>
/// Source: Su et al. 2021, "RoFormer", in the half-split order of GPT-NeoX. Angles are computed in double: at position 131071 a float32
/// product would be off by 4e-3 radians. Immutable, so threads may share it.
/// </remarks>
sealed unsafe class RotaryEmbedding
{
    readonly double[] _inverseFrequencies;
    readonly double _concentration;

    public RotaryEmbedding(Yarn yarn)
    {
        if (yarn.HeadDim <= 0 || yarn.HeadDim % 2 != 0)
            throw new ArgumentException($"A head is turned in pairs: its size {yarn.HeadDim} must be positive and even.", nameof(yarn));
        HeadDim = yarn.HeadDim;
        _inverseFrequencies = yarn.InverseFrequencies();
        _concentration = yarn.Concentration;
    }

    /// <summary>Numbers in one head.</summary>
    public int HeadDim { get; }

    /// <summary>The cosines and sines of one position, each times the concentration; the same for all heads and layers.</summary>
    /// <param name="position">Of the token, from 0.</param>
    /// <param name="cos">Result, shape [headDim / 2].</param>
    /// <param name="sin">Result, shape [headDim / 2].</param>
    public void Angles(int position, Span<float> cos, Span<float> sin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (cos.Length != HeadDim / 2 || sin.Length != HeadDim / 2)
            throw new ArgumentException($"Room for {cos.Length} cosines and {sin.Length} sines, but there are {HeadDim / 2} pairs.");
        for (int pair = 0; pair < cos.Length; pair++)
        {
            (double s, double c) = Math.SinCos(position * _inverseFrequencies[pair]);
            cos[pair] = (float)(c * _concentration);
            sin[pair] = (float)(s * _concentration);
        }
    }

    /// <summary>Turns every head of one token in place.</summary>
    /// <param name="x">Queries or keys, shape [heads, headDim].</param>
    /// <param name="cos">From <see cref="Angles"/>, shape [headDim / 2].</param>
    /// <param name="sin">From <see cref="Angles"/>, shape [headDim / 2].</param>
    public static void Apply(Span<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin) => Apply(Simd.Level, x, cos, sin);

    internal static void Apply(SimdLevel level, Span<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        int half = cos.Length;
        if (half == 0 || sin.Length != half || x.Length % (2 * half) != 0)
            throw new ArgumentException($"{cos.Length} cosines and {sin.Length} sines do not turn heads in {x.Length} numbers.");
        fixed (float* xs = x, cs = cos, ss = sin)
            for (int head = 0; head < x.Length; head += 2 * half)
                switch (level)
                {
                    case SimdLevel.Vector512: Turn<Width512, Vector512<float>>(xs + head, cs, ss, half); break;
                    case SimdLevel.Vector256: Turn<Width256, Vector256<float>>(xs + head, cs, ss, half); break;
                    case SimdLevel.Vector128: Turn<Width128, Vector128<float>>(xs + head, cs, ss, half); break;
                    default: TurnScalar(xs + head, cs, ss, 0, half); break;
                }
    }

    static void TurnScalar(float* x, float* cos, float* sin, int from, int half)
    {
        for (int j = from; j < half; j++)
        {
            double a = x[j], b = x[j + half];
            x[j] = (float)(a * cos[j] - b * sin[j]);
            x[j + half] = (float)(b * cos[j] + a * sin[j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Turn<TWidth, TVector>(float* x, float* cos, float* sin, int half)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector minus = TWidth.Broadcast(-1);
        int j = 0;
        for (; j + TWidth.Count <= half; j += TWidth.Count)
        {
            TVector a = TWidth.Load(x + j), b = TWidth.Load(x + j + half), c = TWidth.Load(cos + j), s = TWidth.Load(sin + j);
            TWidth.Store(TWidth.MultiplyAdd(TWidth.Multiply(b, minus), s, TWidth.Multiply(a, c)), x + j);
            TWidth.Store(TWidth.MultiplyAdd(a, s, TWidth.Multiply(b, c)), x + j + half);
        }
        TurnScalar(x, cos, sin, j, half);
    }
}
