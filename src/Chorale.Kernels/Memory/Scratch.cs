using System.Diagnostics.CodeAnalysis;

namespace Chorale.Kernels;

/// <summary>Working memory of the calling thread, kept from call to call so that no kernel allocates once it has run.</summary>
static unsafe class Scratch
{
    // The arrays lie on the pinned heap and die with their thread.
    [ThreadStatic]
    static float[]? _floats;

    [ThreadStatic]
    static byte[]? _bytes;

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

    /// <summary>At least <paramref name="length"/> bytes, as <see cref="Floats"/> gives floats; the two do not share memory.</summary>
    public static byte* Bytes(int length)
    {
        byte[]? bytes = _bytes;
        if (bytes is null || bytes.Length < length + 64)
            bytes = GrowBytes(length);
        fixed (byte* at = bytes)
            return (byte*)(((nuint)at + 63) & ~(nuint)63);
    }

    [SuppressMessage("Major Code Smell", "S2696", Justification = "The field is the thread's own.")]
    static byte[] GrowBytes(int length) =>
        _bytes = GC.AllocateUninitializedArray<byte>(checked((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length + 64)), pinned: true);
}
