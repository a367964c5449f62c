using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>float32, as it is.</summary>
readonly unsafe struct ElementF32<TWidth, TVector> : IElement<TVector>
    where TWidth : IWidth<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* row, int column) => TWidth.Load((float*)row + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, int column) => ((float*)row)[column];
}
