namespace Chorale.Kernels;

/// <summary>One Q8_0 block: 32 signed bytes under one float16 scale, <c>value = q * scale</c>, exact in float32.</summary>
/// <remarks>Source: ggml's Q8_0.</remarks>
static unsafe class Q8Block
{
    public const int BlockLength = 32;
    public const int BlockBytes = 34;

    /// <summary>Decodes one block of 34 bytes to 32 numbers.</summary>
    public static void DecodeScalar(byte* block, float* y)
    {
        float scale = Float16.ToSingle(*(ushort*)block);
        for (int j = 0; j < BlockLength; j++)
            y[j] = ((sbyte*)block)[2 + j] * scale;
    }
}
