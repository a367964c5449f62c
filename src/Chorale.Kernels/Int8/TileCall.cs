using System.Runtime.InteropServices;

namespace Chorale.Kernels;

/// <summary>What a tile kernel works on. Machine code made at run time reads it by these offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 96)]
unsafe struct TileCall
{
    /// <summary>Codes of the first tile, 64-byte vectors.</summary>
    [FieldOffset(0)] public byte* Codes;

    /// <summary>Scales of the first tile.</summary>
    [FieldOffset(8)] public byte* Scales;

    /// <summary>Bytes from the codes of one tile to those of the next, for kernels of two tiles.</summary>
    [FieldOffset(16)] public nint CodesStride;

    /// <summary>Bytes from the scales of one tile to those of the next.</summary>
    [FieldOffset(24)] public nint ScalesStride;

    /// <summary>Records of the first token.</summary>
    [FieldOffset(32)] public byte* X;

    /// <summary>Bytes from one token's records to the next one's.</summary>
    [FieldOffset(40)] public nint XStride;

    /// <summary>16 results of the first token, or 32 of two tiles; aligned to nothing.</summary>
    [FieldOffset(48)] public float* Y;

    /// <summary>Bytes from one token's results to the next one's.</summary>
    [FieldOffset(56)] public nint YStride;

    /// <summary>16 or 32 biases, never null.</summary>
    [FieldOffset(64)] public float* Bias;

    /// <summary>Blocks of 32 columns, at least 1.</summary>
    [FieldOffset(72)] public nint Blocks;

    /// <summary>Constants of the kernel.</summary>
    [FieldOffset(80)] public byte* Constants;

    /// <summary>What will be read next: it is asked for while this call computes. Any address will do.</summary>
    [FieldOffset(88)] public byte* Next;
}
