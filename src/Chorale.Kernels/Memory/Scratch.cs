using System.Diagnostics.CodeAnalysis;

namespace Chorale.Kernels;

/// <summary>Working memory of the calling thread, kept from call to call so that no kernel allocates once it has run.</summary>
static unsafe class Scratch
{
    // The array lies on the pinned heap and dies with its thread.
    [ThreadStatic]
    static float[]? _floats;

    /// <summary>At least <paramref name="length"/> floats, aligned to a cache line, their content undefined; the next call on this thread gives the same memory.</summary>
    public static float* Floats(int length)
    {
        float[]? floats = _floats;
        if (floats is null || floats.Length < length + 16)
            floats = Grow(length);
        fixed (float* at = floats)
            return (float*)(((nuint)at + 63) & ~(nuint)63);
    }

    [SuppressMessage("Major Code Smell", "S2696", Justification = "The field is the thread's own.")]
    static float[] Grow(int length) =>
        _floats = GC.AllocateUninitializedArray<float>(checked((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length + 16)), pinned: true);
}
