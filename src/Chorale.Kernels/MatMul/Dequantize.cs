using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        switch (level)
        {
            case SimdLevel.Vector512: Row<Width512, Vector512<float>>(type, row, columns, y); break;
            case SimdLevel.Vector256: Row<Width256, Vector256<float>>(type, row, columns, y); break;
            case SimdLevel.Vector128: Row<Width128, Vector128<float>>(type, row, columns, y); break;
            default: RowScalar(type, row, columns, y); break;
        }
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

    static void Row<TWidth, TVector>(WeightType type, byte* row, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        switch (type)
        {
            case WeightType.F16: Elements<TWidth, TVector, ElementF16<TWidth, TVector>>(row, columns, y); break;
            case WeightType.BF16: Elements<TWidth, TVector, ElementBF16<TWidth, TVector>>(row, columns, y); break;
            case WeightType.Q8_0: Q8Blocks<TWidth, TVector>(row, columns, y); break;
            case WeightType.Mxfp4: Mxfp4Blocks<TWidth, TVector>(row, columns, y); break;
            default: RowScalar(type, row, columns, y); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Elements<TWidth, TVector, TElement>(byte* row, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
        where TElement : IElement<TVector>
    {
        int c = 0;
        for (; c + TWidth.Count <= columns; c += TWidth.Count)
            TWidth.Store(TElement.Load(row, c), y + c);
        for (; c < columns; c++)
            y[c] = TElement.LoadOne(row, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Q8Blocks<TWidth, TVector>(byte* row, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (float* end = y + columns; y < end; y += Q8Block.BlockLength, row += Q8Block.BlockBytes)
        {
            TVector scale = TWidth.Broadcast(Float16.ToSingle(*(ushort*)row));
            for (int i = 0; i < Q8Block.BlockLength; i += TWidth.Count)
                TWidth.Store(TWidth.Multiply(TWidth.LoadSBytes((sbyte*)row + 2 + i), scale), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mxfp4Blocks<TWidth, TVector>(byte* row, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (float* end = y + columns; y < end; y += Mxfp4.BlockLength, row += Mxfp4.BlockBytes)
        {
            TVector scale = TWidth.Broadcast(Mxfp4.Scale(row[0]));
            for (int i = 0; i < 16; i += TWidth.Count)
            {
                TVector codes = TWidth.LoadCodes(row + 1 + i);
                TWidth.Store(TWidth.Multiply(TWidth.LowFp4(codes), scale), y + i);
                TWidth.Store(TWidth.Multiply(TWidth.HighFp4(codes), scale), y + i + 16);
            }
        }
    }
}
