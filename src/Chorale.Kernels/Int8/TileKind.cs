namespace Chorale.Kernels;

/// <summary>The forms in which a tile kernel reads weights.</summary>
enum TileKind
{
    /// <summary>MXFP4 codes, two in a byte.</summary>
    Mxfp4,

    /// <summary>MXFP4 already unpacked: a byte is the doubled value + 12; the scales are still E8M0.</summary>
    Mxfp4Bytes,

    /// <summary>Q8_0: a byte is the value + 128; the scales are float16.</summary>
    Q8,
}
