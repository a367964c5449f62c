using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>IEEE half precision.</summary>
readonly unsafe struct ElementF16<TWidth, TVector> : IElement<TVector>
    where TWidth : IWidth<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* row, int column) => TWidth.LoadFloat16((ushort*)row + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, int column) => Float16.ToSingle(((ushort*)row)[column]);
}
