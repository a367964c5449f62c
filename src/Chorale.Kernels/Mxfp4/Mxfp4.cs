namespace Chorale.Kernels;

/// <summary>One MXFP4 block: 32 FP4 (E2M1) numbers under one E8M0 scale, <c>value = fp4 * 2^(scale - 127)</c>.</summary>
/// <remarks>Source: OCP Microscaling Formats (MX) Specification 1.0; the byte order is GGUF's.</remarks>
static unsafe class Mxfp4
{
    public const int BlockLength = 32;
    public const int BlockBytes = 17;

    /// <summary>The value of each code; code 8 is minus zero.</summary>
    public static ReadOnlySpan<float> CodeValues => [0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f];

    /// <summary>The power of two of a scale byte: 0 is the denormal 2^-127, 255 is not a number.</summary>
    public static float Scale(byte scale) => scale switch
    {
        0 => BitConverter.UInt32BitsToSingle(0x0040_0000),
        255 => float.NaN,
        _ => BitConverter.UInt32BitsToSingle((uint)scale << 23),
    };

    /// <summary>Decodes one block of 17 bytes to 32 numbers.</summary>
    public static void DecodeScalar(byte* block, float* y)
    {
        float scale = Scale(block[0]);
        ReadOnlySpan<float> values = CodeValues;
        for (int j = 0; j < BlockLength / 2; j++)
        {
            y[j] = values[block[1 + j] & 15] * scale;
            y[j + 16] = values[block[1 + j] >> 4] * scale;
        }
    }
}
