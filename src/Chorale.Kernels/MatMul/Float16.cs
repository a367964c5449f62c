using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>IEEE half precision to single, exactly: .NET 10 has no F16C, and its own conversion is slower than these few integer operations.</summary>
static class Float16
{
    public const uint ExponentShift = 112u << 23;   // float32's exponent bias minus float16's
    public const uint ExponentMask = 0x1Fu << 23;   // float16's exponent field once shifted up by 13

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort half)
    {
        uint magnitude = (half & 0x7FFFu) << 13;
        uint exponent = magnitude & ExponentMask;
        uint bits = magnitude + ExponentShift;
        if (exponent == 0)                          // zero and denormals: 2^-14 + m * 2^-24, less 2^-14
            bits = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(bits + (1u << 23)) - BitConverter.UInt32BitsToSingle(113u << 23));
        else if (exponent == ExponentMask)          // infinity and NaN
            bits += ExponentShift;
        return BitConverter.UInt32BitsToSingle(bits | ((half & 0x8000u) << 16));
    }
}
