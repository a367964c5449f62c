namespace Chorale.Kernels;

/// <summary>The layout of activations in 8 bits: a row is a run of 48-byte records, each a block of 32 numbers.</summary>
/// <remarks>
/// <c>value = q * scale</c> with q in -127 to 127. Weights are stored as unsigned bytes (MXFP4 as its doubled value + 12, Q8_0 as q + 128), because the
/// dot-product instructions take unsigned by signed. What that adds to a sum is known beforehand, so a record carries what a sum has
/// to start from for the exact result to come out: as an int32, and for instructions that add pairs in 16 bits as two int16.
/// </remarks>
static class QuantizedRow
{
    public const int BlockLength = 32;
    public const int RecordBytes = 48;

    /// <summary>float32: what a step of q is worth.</summary>
    public const int ScaleOffset = 0;

    /// <summary>int32: -12 times the sum of the block.</summary>
    public const int Mxfp4StartOffset = 4;

    /// <summary>Two int16: -12 times the sum of the even pairs' numbers (columns 4j, 4j + 1), then of the odd pairs'.</summary>
    public const int Mxfp4PairStartOffset = 8;

    /// <summary>int32: -128 times the sum of the block.</summary>
    public const int Q8StartOffset = 12;

    /// <summary>32 signed bytes.</summary>
    public const int ValuesOffset = 16;

    /// <summary>Bytes of a row of <paramref name="columns"/> numbers, a multiple of 32.</summary>
    public static int ByteCount(int columns) => checked(columns / BlockLength * RecordBytes);
}
