namespace Chorale.Kernels;

/// <summary>The widths that every kernel has a body for, narrowest first.</summary>
enum SimdLevel
{
    /// <summary>The plain reference: sums in double, no vectors.</summary>
    Scalar,

    /// <summary>Four floats: SSE with SSSE3, or NEON.</summary>
    Vector128,

    /// <summary>Eight floats: AVX2 and FMA.</summary>
    Vector256,

    /// <summary>Sixteen floats: AVX-512 F, BW, DQ and VL.</summary>
    Vector512,
}
