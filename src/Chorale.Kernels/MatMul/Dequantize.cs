namespace Chorale.Kernels;

/// <summary>Decodes one row of weights to float32, exactly.</summary>
static unsafe class Dequantize
{
    /// <param name="level">The width to use.</param>
    /// <param name="type">How the row is stored.</param>
    /// <param name="row">The row's first byte.</param>
    /// <param name="columns">Numbers in the row, a multiple of the type's block length.</param>
    /// <param name="y">Result, shape [columns].</param>
    public static void Row(SimdLevel level, WeightType type, byte* row, int columns, float* y)
    {
        _ = level;
        RowScalar(type, row, columns, y);
    }

    public static void RowScalar(WeightType type, byte* row, int columns, float* y)
    {
        switch (type)
        {
            case WeightType.F32:
                new ReadOnlySpan<float>(row, columns).CopyTo(new Span<float>(y, columns));
                break;
            case WeightType.F16:
                for (int i = 0; i < columns; i++)
                    y[i] = Float16.ToSingle(((ushort*)row)[i]);
                break;
            case WeightType.BF16:
                for (int i = 0; i < columns; i++)
                    y[i] = BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[i] << 16);
                break;
            case WeightType.Q8_0:
                for (int i = 0; i < columns; i += Q8Block.BlockLength, row += Q8Block.BlockBytes)
                    Q8Block.DecodeScalar(row, y + i);
                break;
            default:
                for (int i = 0; i < columns; i += Mxfp4.BlockLength, row += Mxfp4.BlockBytes)
                    Mxfp4.DecodeScalar(row, y + i);
                break;
        }
    }
}
