using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>An expert's first half in one go: <c>a = swiglu(W_gate x + b_gate, W_up x + b_up)</c>, rounded to 8 bits for the second half.</summary>
/// <remarks>
/// 32 rows at a time, just a block of the result: gate, up and activation of all tokens stay in the thread's own memory and its cache.
/// </remarks>
static unsafe class GatedMatMul
{
    /// <summary>Rows that go together; a range of rows begins and ends with a multiple of it.</summary>
    public const int RowsAtATime = QuantizedRow.BlockLength;

    /// <summary>Whether <see cref="RunRows"/> is the way for so many tokens.</summary>
    public static bool Takes(WeightMatrix gate, WeightMatrix up, int tokens) => TileMatMul.Takes(gate, tokens) && TileMatMul.Takes(up, tokens);

    /// <param name="gate">Shape [intermediate, hidden].</param>
    /// <param name="gateBias">Shape [intermediate].</param>
    /// <param name="up">Shape [intermediate, hidden].</param>
    /// <param name="upBias">Shape [intermediate].</param>
    /// <param name="x">Activations, shape [any, hidden].</param>
    /// <param name="first">The first of them that is taken, and the row of the result that belongs to it.</param>
    /// <param name="tokens">How many are taken.</param>
    /// <param name="limit">The clamp of the activation.</param>
    /// <param name="rowStart">The first row, a multiple of 32.</param>
    /// <param name="rowEnd">One past the last row, a multiple of 32.</param>
    /// <param name="y">Result, shape [any, intermediate].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void RunRows(WeightMatrix gate, ReadOnlySpan<float> gateBias, WeightMatrix up, ReadOnlySpan<float> upBias,
        QuantizedRows x, int first, int tokens, float limit, int rowStart, int rowEnd, QuantizedRows y)
    {
        if (up.Rows != gate.Rows || y.Columns != gate.Rows || rowStart % RowsAtATime != 0 || rowEnd % RowsAtATime != 0 || rowEnd > gate.Rows || first + tokens > y.Rows)
            throw new ArgumentException($"{gate.Rows} gates, {up.Rows} ups, rows {rowStart} to {rowEnd} and {y.Rows} results of {y.Columns} do not fit.", nameof(y));
        int count = tokens * RowsAtATime;
        float* gates = Scratch.Floats(2 * count);
        Span<float> gateSpan = new(gates, count), upSpan = new(gates + count, count);
        for (int row = rowStart; row < rowEnd; row += RowsAtATime)
        {
            TileMatMul.RunRowsBefore(up.First(row), gate, gateBias, x, first, tokens, gateSpan, RowsAtATime, row, row + RowsAtATime, row);
            TileMatMul.RunRowsBefore(gate.First(row + RowsAtATime), up, upBias, x, first, tokens, upSpan, RowsAtATime, row, row + RowsAtATime, row);
            SwiGlu.Run(gateSpan, upSpan, SwiGlu.Alpha, limit, gateSpan);
            RoundColumn(gates, tokens, first, row / RowsAtATime, y);
        }
    }

    /// <summary>One block of each token's result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RoundColumn(float* blocks, int tokens, int first, int column, QuantizedRows y)
    {
        for (int token = 0; token < tokens; token++)
            Quantize.Blocks(Simd.Level, blocks + (long)token * RowsAtATime, 1, y.Pointer(first + token) + (long)column * QuantizedRow.RecordBytes);
    }
}
