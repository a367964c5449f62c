using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <summary>The one place that chooses the width; the JIT folds <see cref="Level"/> into every switch over it.</summary>
static class Simd
{
    /// <summary>What this CPU has, narrowest first.</summary>
    public static IReadOnlyList<SimdLevel> Supported { get; } = [.. Enum.GetValues<SimdLevel>().Where(level => level <= Widest())];

    /// <summary>The widest level of this CPU, or what <c>CHORALE_SIMD</c> (a name of <see cref="SimdLevel"/>) asks for where that is narrower.</summary>
    public static readonly SimdLevel Level = Choose(Environment.GetEnvironmentVariable("CHORALE_SIMD"), Widest());

    /// <summary>The narrower of what was asked for and what there is; a name that is none of the levels asks for nothing.</summary>
    internal static SimdLevel Choose(string? asked, SimdLevel widest) =>
        Enum.TryParse(asked, ignoreCase: true, out SimdLevel level) && Enum.IsDefined(level) && level < widest ? level : widest;

    // Asked of the instruction sets themselves: Vector512.IsHardwareAccelerated is false on CPUs that merely clock lower for it.
    static SimdLevel Widest() =>
        Avx512BW.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.IsSupported ? SimdLevel.Vector512
        : Avx2.IsSupported && Fma.IsSupported ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;
}
