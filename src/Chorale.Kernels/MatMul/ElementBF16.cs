using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>The upper half of a float32.</summary>
readonly unsafe struct ElementBF16<TWidth, TVector> : IElement<TVector>
    where TWidth : IWidth<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* row, int column) => TWidth.LoadBFloat16((ushort*)row + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, int column) => BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[column] << 16);
}
