using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Weights times activations: <c>y[t, r] = bias[r] + sum_c w[r, c] * x[t, c]</c>, the weights decoded exactly, the activations float32.</summary>
/// <remarks>
/// A row's sum does not depend on how rows are split over threads or calls. It may differ in the last bits between one token and many, for which
/// other kernels run.
/// </remarks>
static unsafe partial class MatMul
{
    /// <summary>Multiply-adds below which a matrix is left to the calling thread: waking another costs more.</summary>
    internal const long WorthSharing = 1 << 17;

    /// <summary>All rows, split over the threads of <paramref name="pool"/>.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Shape [rows]; empty for none.</param>
    /// <param name="x">Activations, shape [tokens, columns].</param>
    /// <param name="tokens">Number of activation rows.</param>
    /// <param name="y">Result, shape [tokens, rows]; must not overlap <paramref name="x"/>.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="ArgumentException">A length does not fit the matrix.</exception>
    public static void Run(WeightMatrix w, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, int tokens, Span<float> y, WorkerPool pool) =>
        Run(Simd.Level, w, bias, x, tokens, y, pool);

    internal static void Run(SimdLevel level, WeightMatrix w, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, int tokens, Span<float> y, WorkerPool pool)
    {
        Check(w, bias, x, tokens, y, w.Rows, 0, w.Rows);
        if (tokens == 0 || w.Rows == 0)
            return;
        fixed (float* bs = bias, xs = x, ys = y)
        {
            Job job = new(level, w, bias.IsEmpty ? null : bs, xs, tokens, ys);
            if ((long)w.Rows * w.Columns * tokens < WorthSharing)
                job.Run(0, w.Rows);
            else
                pool.Run(w.Rows, RowsAtATime(w.Rows, pool.Threads), job);
        }
    }

    /// <summary>Rows <paramref name="rowStart"/> to <paramref name="rowEnd"/> on the calling thread, for a job that joins several matrices.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Of all rows, shape [rows]; empty for none.</param>
    /// <param name="x">Activations, shape [tokens, columns].</param>
    /// <param name="tokens">Number of activation rows.</param>
    /// <param name="y">Result: row r of token t is written at t * <paramref name="yStride"/> + r, nothing else is touched.</param>
    /// <param name="yStride">Floats from one token's results to the next, at least rows.</param>
    /// <param name="rowStart">The first row.</param>
    /// <param name="rowEnd">One past the last row.</param>
    /// <exception cref="ArgumentException">A length does not fit the matrix.</exception>
    public static void RunRows(WeightMatrix w, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd) =>
        RunRows(Simd.Level, w, bias, x, tokens, y, yStride, rowStart, rowEnd);

    internal static void RunRows(SimdLevel level, WeightMatrix w, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd)
    {
        Check(w, bias, x, tokens, y, yStride, rowStart, rowEnd);
        fixed (float* bs = bias, xs = x, ys = y)
            Rows(level, w, bias.IsEmpty ? null : bs, xs, tokens, ys, yStride, rowStart, rowEnd);
    }

    /// <summary>A share of rows that keeps threads level without asking for work too often: a multiple of the tile of 16.</summary>
    internal static int RowsAtATime(int rows, int threads) => Math.Max(16, rows / (threads * 8) / 16 * 16);

    static void Check(WeightMatrix w, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (w.IsTiled)
            throw new ArgumentException("The rows lie in tiles, which takes activations in 8 bits.", nameof(w));
        if (x.Length != (long)tokens * w.Columns)
            throw new ArgumentException($"{x.Length} activations are not {tokens} tokens of {w.Columns} columns.", nameof(x));
        if (!bias.IsEmpty && bias.Length != w.Rows)
            throw new ArgumentException($"{bias.Length} biases for {w.Rows} rows.", nameof(bias));
        if (rowStart < 0 || rowEnd < rowStart || rowEnd > w.Rows)
            throw new ArgumentOutOfRangeException(nameof(rowStart), $"Rows {rowStart} to {rowEnd} are not among {w.Rows}.");
        if (yStride < w.Rows || y.Length < (tokens - 1L) * yStride + w.Rows)
            throw new ArgumentException($"{y.Length} results, {yStride} apart, do not hold {tokens} tokens of {w.Rows} rows.", nameof(y));
        if (x.Overlaps(y))
            throw new ArgumentException("The result overlaps the activations.", nameof(y));
    }

    static void Rows(SimdLevel level, in WeightMatrix w, float* bias, float* x, int tokens, float* y, int yStride, int rowStart, int rowEnd)
    {
        switch (level)
        {
            case SimdLevel.Vector512: Rows<Width512, Vector512<float>>(level, w, bias, x, tokens, y, yStride, rowStart, rowEnd); break;
            case SimdLevel.Vector256: Rows<Width256, Vector256<float>>(level, w, bias, x, tokens, y, yStride, rowStart, rowEnd); break;
            case SimdLevel.Vector128: Rows<Width128, Vector128<float>>(level, w, bias, x, tokens, y, yStride, rowStart, rowEnd); break;
            default: RowsScalar(w, bias, x, tokens, y, yStride, rowStart, rowEnd); break;
        }
    }

    static void Rows<TWidth, TVector>(SimdLevel level, in WeightMatrix w, float* bias, float* x, int tokens, float* y, int yStride, int rowStart, int rowEnd)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        if (tokens == 1)
            RowsOneToken<TWidth, TVector>(w, bias, x, y, rowStart, rowEnd);
        else
            RowsManyTokens<TWidth, TVector>(level, w, bias, x, tokens, y, yStride, rowStart, rowEnd);
    }

    static void RowsScalar(in WeightMatrix w, float* bias, float* x, int tokens, float* y, int yStride, int rowStart, int rowEnd)
    {
        float* row = Scratch.Floats(w.Columns);
        for (int r = rowStart; r < rowEnd; r++)
        {
            Dequantize.RowScalar(w.Type, w.Row(r), w.Columns, row);
            for (int t = 0; t < tokens; t++)
            {
                double sum = bias is null ? 0 : bias[r];
                for (int c = 0; c < w.Columns; c++)
                    sum += (double)row[c] * x[(long)t * w.Columns + c];
                y[(long)t * yStride + r] = (float)sum;
            }
        }
    }

    readonly struct Job(SimdLevel level, WeightMatrix w, float* bias, float* x, int tokens, float* y) : IRangeJob
    {
        public void Run(int start, int end) => Rows(level, w, bias, x, tokens, y, w.Rows, start, end);
    }
}
