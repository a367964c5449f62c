namespace Chorale.Kernels;

/// <summary>How 8-bit products are added up, slowest first. All give the same integers, and with fused multiply-adds the same floats.</summary>
enum DotLevel
{
    /// <summary>The plain reference.</summary>
    Scalar,

    /// <summary>Four rows at a time: SSSE3's pairwise multiply-add, or the dot product of Arm.</summary>
    Vector128,

    /// <summary>Eight rows at a time: AVX2's pairwise multiply-add.</summary>
    Vector256,

    /// <summary>Eight rows at a time: AVX-VNNI.</summary>
    Vnni256,

    /// <summary>Sixteen rows at a time: AVX-512's pairwise multiply-add.</summary>
    Vector512,

    /// <summary>Sixteen rows at a time: AVX512-VNNI, in machine code made at run time, because .NET 10 has no such intrinsic.</summary>
    Vnni512,
}
