using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Chorale.Kernels;

/// <remarks>
/// One token: each weight is used once, so the kernel decodes in registers and is fed by memory. Four rows at a time share the activations
/// and keep four sums going; a row alone does the same arithmetic, so where a range starts changes no bit.
/// </remarks>
static unsafe partial class MatMul
{
    /// <summary>The power of two of each MXFP4 scale byte: one broadcast from memory instead of shifts and moves between register files.</summary>
    static readonly float* ScaleTable = CreateScaleTable();

    static float* CreateScaleTable()
    {
        float* table = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(256 * sizeof(float), 64);
        for (int scale = 0; scale < 256; scale++)
            table[scale] = Mxfp4.Scale((byte)scale);
        return table;
    }

    static void RowsOneToken<TWidth, TVector>(in WeightMatrix w, float* bias, float* x, float* y, int rowStart, int rowEnd)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int row = rowStart;
        for (; row + 4 <= rowEnd; row += 4)
            FourRows<TWidth, TVector>(w, row, x, y + row);
        for (; row < rowEnd; row++)
            y[row] = OneRow<TWidth, TVector>(w, row, x);
        if (bias is not null)
            for (row = rowStart; row < rowEnd; row++)
                y[row] += bias[row];
    }

    static void FourRows<TWidth, TVector>(in WeightMatrix w, int row, float* x, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        byte* first = w.Row(row);
        switch (w.Type)
        {
            case WeightType.F32: DotElements4<TWidth, TVector, ElementF32<TWidth, TVector>>(first, w.RowBytes, x, w.Columns, y); break;
            case WeightType.F16: DotElements4<TWidth, TVector, ElementF16<TWidth, TVector>>(first, w.RowBytes, x, w.Columns, y); break;
            case WeightType.BF16: DotElements4<TWidth, TVector, ElementBF16<TWidth, TVector>>(first, w.RowBytes, x, w.Columns, y); break;
            case WeightType.Q8_0: DotQ8Rows4<TWidth, TVector>(first, w.RowBytes, x, w.Columns, y); break;
            default: DotMxfp4Rows4<TWidth, TVector>(first, w.RowBytes, x, w.Columns, ScaleTable, y); break;
        }
    }

    static float OneRow<TWidth, TVector>(in WeightMatrix w, int row, float* x)
        where TWidth : IWidth<TVector>
        where TVector : struct => w.Type switch
        {
            WeightType.F32 => DotElements<TWidth, TVector, ElementF32<TWidth, TVector>>(w.Row(row), x, w.Columns),
            WeightType.F16 => DotElements<TWidth, TVector, ElementF16<TWidth, TVector>>(w.Row(row), x, w.Columns),
            WeightType.BF16 => DotElements<TWidth, TVector, ElementBF16<TWidth, TVector>>(w.Row(row), x, w.Columns),
            WeightType.Q8_0 => DotQ8Row<TWidth, TVector>(w.Row(row), x, w.Columns),
            _ => DotMxfp4Row<TWidth, TVector>(w.Row(row), x, w.Columns, ScaleTable),
        };

    // Four rows are too short a stream for the hardware to learn: while it works on them, a kernel asks for the next four, which follow in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(byte* at)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(at);
    }

    // ---- F32, F16, BF16

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void DotElements4<TWidth, TVector, TElement>(byte* row, long rowBytes, float* x, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
        where TElement : IElement<TVector>
    {
        byte* w0 = row, w1 = row + rowBytes, w2 = row + 2 * rowBytes, w3 = row + 3 * rowBytes;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        byte* next = row + 4 * rowBytes;
        int step = (int)(4 * rowBytes * 2 * TWidth.Count / Math.Max(columns, 1));
        int c = 0;
        for (; c + 2 * TWidth.Count <= columns; c += 2 * TWidth.Count)
        {
            for (int line = 0; line < step; line += 64)
                Prefetch(next + line);
            next += step;
            TVector x0 = TWidth.Load(x + c), x1 = TWidth.Load(x + c + TWidth.Count);
            a0 = TWidth.MultiplyAdd(TElement.Load(w0, c), x0, a0);
            a1 = TWidth.MultiplyAdd(TElement.Load(w1, c), x0, a1);
            a2 = TWidth.MultiplyAdd(TElement.Load(w2, c), x0, a2);
            a3 = TWidth.MultiplyAdd(TElement.Load(w3, c), x0, a3);
            b0 = TWidth.MultiplyAdd(TElement.Load(w0, c + TWidth.Count), x1, b0);
            b1 = TWidth.MultiplyAdd(TElement.Load(w1, c + TWidth.Count), x1, b1);
            b2 = TWidth.MultiplyAdd(TElement.Load(w2, c + TWidth.Count), x1, b2);
            b3 = TWidth.MultiplyAdd(TElement.Load(w3, c + TWidth.Count), x1, b3);
        }
        float y0 = TWidth.Sum(TWidth.Add(a0, b0)), y1 = TWidth.Sum(TWidth.Add(a1, b1));
        float y2 = TWidth.Sum(TWidth.Add(a2, b2)), y3 = TWidth.Sum(TWidth.Add(a3, b3));
        for (; c < columns; c++)
        {
            y0 += TElement.LoadOne(w0, c) * x[c];
            y1 += TElement.LoadOne(w1, c) * x[c];
            y2 += TElement.LoadOne(w2, c) * x[c];
            y3 += TElement.LoadOne(w3, c) * x[c];
        }
        y[0] = y0;
        y[1] = y1;
        y[2] = y2;
        y[3] = y3;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float DotElements<TWidth, TVector, TElement>(byte* row, float* x, int columns)
        where TWidth : IWidth<TVector>
        where TVector : struct
        where TElement : IElement<TVector>
    {
        TVector a = default, b = default;
        int c = 0;
        for (; c + 2 * TWidth.Count <= columns; c += 2 * TWidth.Count)
        {
            a = TWidth.MultiplyAdd(TElement.Load(row, c), TWidth.Load(x + c), a);
            b = TWidth.MultiplyAdd(TElement.Load(row, c + TWidth.Count), TWidth.Load(x + c + TWidth.Count), b);
        }
        float y = TWidth.Sum(TWidth.Add(a, b));
        for (; c < columns; c++)
            y += TElement.LoadOne(row, c) * x[c];
        return y;
    }

    // ---- Q8_0: the scale is applied to a block's sum, lane by lane

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void DotQ8Rows4<TWidth, TVector>(byte* row, long rowBytes, float* x, int columns, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        byte* w0 = row, w1 = row + rowBytes, w2 = row + 2 * rowBytes, w3 = row + 3 * rowBytes;
        byte* next = row + 4 * rowBytes;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        for (float* end = x + columns; x < end; x += Q8Block.BlockLength)
        {
            Prefetch(next);
            Prefetch(next + 64);
            next += 4 * Q8Block.BlockBytes;
            a0 = AddQ8Block<TWidth, TVector>(w0, x, a0);
            a1 = AddQ8Block<TWidth, TVector>(w1, x, a1);
            a2 = AddQ8Block<TWidth, TVector>(w2, x, a2);
            a3 = AddQ8Block<TWidth, TVector>(w3, x, a3);
            w0 += Q8Block.BlockBytes;
            w1 += Q8Block.BlockBytes;
            w2 += Q8Block.BlockBytes;
            w3 += Q8Block.BlockBytes;
        }
        y[0] = TWidth.Sum(a0);
        y[1] = TWidth.Sum(a1);
        y[2] = TWidth.Sum(a2);
        y[3] = TWidth.Sum(a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float DotQ8Row<TWidth, TVector>(byte* row, float* x, int columns)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector a = default;
        for (int c = 0; c < columns; c += Q8Block.BlockLength, row += Q8Block.BlockBytes)
            a = AddQ8Block<TWidth, TVector>(row, x + c, a);
        return TWidth.Sum(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector AddQ8Block<TWidth, TVector>(byte* block, float* x, TVector sum)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        sbyte* q = (sbyte*)block + 2;
        TVector products = TWidth.Multiply(TWidth.LoadSBytes(q), TWidth.Load(x));
        for (int i = TWidth.Count; i < Q8Block.BlockLength; i += TWidth.Count)
            products = TWidth.MultiplyAdd(TWidth.LoadSBytes(q + i), TWidth.Load(x + i), products);
        return TWidth.MultiplyAdd(products, TWidth.Broadcast(Float16.ToSingle(*(ushort*)block)), sum);
    }

    // ---- MXFP4

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void DotMxfp4Rows4<TWidth, TVector>(byte* row, long rowBytes, float* x, int columns, float* scales, float* y)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        byte* w0 = row, w1 = row + rowBytes, w2 = row + 2 * rowBytes, w3 = row + 3 * rowBytes;
        byte* next = row + 4 * rowBytes;
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        for (float* end = x + columns; x < end; x += Mxfp4.BlockLength)
        {
            Prefetch(next);
            next += 4 * Mxfp4.BlockBytes;
            a0 = AddMxfp4Block<TWidth, TVector>(w0, x, scales, a0);
            a1 = AddMxfp4Block<TWidth, TVector>(w1, x, scales, a1);
            a2 = AddMxfp4Block<TWidth, TVector>(w2, x, scales, a2);
            a3 = AddMxfp4Block<TWidth, TVector>(w3, x, scales, a3);
            w0 += Mxfp4.BlockBytes;
            w1 += Mxfp4.BlockBytes;
            w2 += Mxfp4.BlockBytes;
            w3 += Mxfp4.BlockBytes;
        }
        y[0] = TWidth.Sum(a0);
        y[1] = TWidth.Sum(a1);
        y[2] = TWidth.Sum(a2);
        y[3] = TWidth.Sum(a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float DotMxfp4Row<TWidth, TVector>(byte* row, float* x, int columns, float* scales)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector a = default;
        for (int c = 0; c < columns; c += Mxfp4.BlockLength, row += Mxfp4.BlockBytes)
            a = AddMxfp4Block<TWidth, TVector>(row, x + c, scales, a);
        return TWidth.Sum(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector AddMxfp4Block<TWidth, TVector>(byte* block, float* x, float* scales, TVector sum)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector codes = TWidth.LoadCodes(block + 1);
        TVector products = TWidth.Multiply(TWidth.LowFp4(codes), TWidth.Load(x));
        products = TWidth.MultiplyAdd(TWidth.HighFp4(codes), TWidth.Load(x + 16), products);
        for (int i = TWidth.Count; i < 16; i += TWidth.Count)
        {
            codes = TWidth.LoadCodes(block + 1 + i);
            products = TWidth.MultiplyAdd(TWidth.LowFp4(codes), TWidth.Load(x + i), products);
            products = TWidth.MultiplyAdd(TWidth.HighFp4(codes), TWidth.Load(x + i + 16), products);
        }
        return TWidth.MultiplyAdd(products, TWidth.Broadcast(scales[block[0]]), sum);
    }
}
