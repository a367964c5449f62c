namespace Chorale.Kernels;

/// <summary>Weights times activations in 8 bits: <c>y[t, r] = bias[r] + sum_c w[r, c] * x[t, c]</c>.</summary>
/// <remarks>
/// Weights are exact, activations rounded by <see cref="Quantize"/>. A result does not depend on how rows are split, nor on the other tokens.
/// One token or a few: codes are unpacked in registers. Many: two tiles are unpacked to bytes in the thread's own memory, once for all tokens,
/// and stay in its cache meanwhile. Weights that still lie in rows are put in such a tile on the way; that pays for many tokens only.
/// </remarks>
static unsafe class TileMatMul
{
    /// <summary>From so many tokens on, unpacking MXFP4 to memory costs less than unpacking it again for each eight.</summary>
    const int UnpackFrom = 20;

    /// <summary>From so many tokens on, rows are put in tiles on the way rather than multiplied in float32.</summary>
    const int PackFrom = 4;

    /// <summary>Whether <see cref="RunRows"/> is the way for so many tokens.</summary>
    public static bool Takes(WeightMatrix w, int tokens) => w.IsTiled || (tokens >= PackFrom && TileLayout.Fits(w.Type, w.Rows));

    /// <summary>All rows, split over the threads of <paramref name="pool"/>.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Shape [rows]; empty for none.</param>
    /// <param name="x">Activations; the first rows are taken.</param>
    /// <param name="tokens">How many of them.</param>
    /// <param name="y">Result, shape [tokens, rows].</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="ArgumentException">A length does not fit the matrix.</exception>
    public static void Run(WeightMatrix w, ReadOnlySpan<float> bias, QuantizedRows x, int tokens, Span<float> y, WorkerPool pool)
    {
        Check(w, bias, x, 0, tokens, y, w.Rows, 0, w.Rows);
        fixed (float* bs = bias, ys = y)
        {
            Job job = new(w, bias.IsEmpty ? null : bs, x, tokens, ys);
            if ((long)w.Rows * w.Columns * tokens < MatMul.WorthSharing)
                job.Run(0, w.Rows);
            else
                pool.Run(w.Rows, RowsAtATime(w.Rows, pool.Threads), job);
        }
    }

    /// <summary>Rows <paramref name="rowStart"/> to <paramref name="rowEnd"/> on the calling thread.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Of all rows, shape [rows]; empty for none.</param>
    /// <param name="x">Activations.</param>
    /// <param name="first">The first of them that is taken.</param>
    /// <param name="tokens">How many are taken.</param>
    /// <param name="y">Result: row r of token t is written at t * <paramref name="yStride"/> + r - <paramref name="rowOrigin"/>, nothing else is touched.</param>
    /// <param name="yStride">Floats from one token's results to the next.</param>
    /// <param name="rowStart">The first row, a multiple of 16.</param>
    /// <param name="rowEnd">One past the last row, a multiple of 16.</param>
    /// <param name="rowOrigin">The row that <paramref name="y"/> begins with.</param>
    /// <exception cref="ArgumentException">A length does not fit the matrix.</exception>
    public static void RunRows(WeightMatrix w, ReadOnlySpan<float> bias, QuantizedRows x, int first, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd, int rowOrigin = 0) =>
        RunRowsBefore(w.First(rowEnd), w, bias, x, first, tokens, y, yStride, rowStart, rowEnd, rowOrigin);

    /// <summary>As <c>RunRows</c>; <c>next</c> is what the thread will read after these rows: it is asked for meanwhile.</summary>
    internal static void RunRowsBefore(byte* next, WeightMatrix w, ReadOnlySpan<float> bias, QuantizedRows x, int first, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd, int rowOrigin)
    {
        Check(w, bias, x, first, tokens, y, yStride, rowStart - rowOrigin, rowEnd - rowOrigin);
        if (rowStart % TileLayout.Rows != 0 || rowEnd % TileLayout.Rows != 0 || rowStart < 0 || rowEnd > w.Rows)
            throw new ArgumentOutOfRangeException(nameof(rowStart), $"Rows {rowStart} to {rowEnd} are not whole tiles of {w.Rows} rows.");
        fixed (float* bs = bias, ys = y)
            Rows(TileKernels.Level, w, bias.IsEmpty ? null : bs, x, first, tokens, ys - rowOrigin, yStride, rowStart, rowEnd, next);
    }

    /// <summary>A few rows of one token's result.</summary>
    /// <param name="w">Weights in tiles, shape [rows, columns].</param>
    /// <param name="rows">Which rows; quickest in ascending order.</param>
    /// <param name="x">Activations.</param>
    /// <param name="token">Which of them.</param>
    /// <param name="y">Result, shape [rows asked for].</param>
    /// <exception cref="ArgumentException">A row or a length does not fit the matrix.</exception>
    public static void RunSelectedRows(WeightMatrix w, ReadOnlySpan<int> rows, QuantizedRows x, int token, Span<float> y)
    {
        if (rows.ContainsAnyExceptInRange(0, w.Rows - 1) || y.Length != rows.Length)
            throw new ArgumentException($"{rows.Length} rows, not all of {w.Rows}, for {y.Length} results.", nameof(rows));
        float* tile = stackalloc float[TileLayout.Rows];
        int at = -1;
        for (int i = 0; i < rows.Length; i++)
        {
            int first = rows[i] / TileLayout.Rows * TileLayout.Rows;
            if (first != at)
                RunRows(w, [], x, token, 1, new Span<float>(tile, TileLayout.Rows), TileLayout.Rows, first, first + TileLayout.Rows, first);
            at = first;
            y[i] = tile[rows[i] - first];
        }
    }

    /// <summary>A share of rows that keeps threads level: a multiple of two tiles.</summary>
    internal static int RowsAtATime(int rows, int threads) => Math.Max(2 * TileLayout.Rows, rows / (threads * 16) / (2 * TileLayout.Rows) * (2 * TileLayout.Rows));

    static void Check(WeightMatrix w, ReadOnlySpan<float> bias, QuantizedRows x, int first, int tokens, Span<float> y, int yStride, int rowStart, int rowEnd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        if (!TileLayout.Fits(w.Type, w.Rows))
            throw new ArgumentException($"{w.Rows} rows of {w.Type} do not lie in tiles.", nameof(w));
        if (x.Columns != w.Columns || first > x.Rows || tokens > x.Rows - first)
            throw new ArgumentException($"{tokens} tokens from {first} on, of {x.Rows} of {x.Columns} columns, do not fit a matrix of {w.Columns} columns.", nameof(x));
        if (!bias.IsEmpty && bias.Length != w.Rows)
            throw new ArgumentException($"{bias.Length} biases for {w.Rows} rows.", nameof(bias));
        if (rowStart < 0 || rowEnd < rowStart || yStride < rowEnd || (tokens > 0 && y.Length < (tokens - 1L) * yStride + rowEnd))
            throw new ArgumentException($"{y.Length} results, {yStride} apart, do not hold rows {rowStart} to {rowEnd} of {tokens} tokens.", nameof(y));
    }

    static void Rows(DotLevel level, WeightMatrix w, float* bias, QuantizedRows x, int first, int tokens, float* y, int yStride, int rowStart, int rowEnd, byte* next)
    {
        if (tokens == 0)
            return;
        bool isPacked = w.IsTiled && w.Type == WeightType.Mxfp4 && tokens < UnpackFrom;
        int atATime = isPacked || (w.IsTiled && tokens == 1) ? 1 : 2;
        float* none = stackalloc float[2 * TileLayout.Rows];
        new Span<float>(none, 2 * TileLayout.Rows).Clear();
        for (int row = rowStart; row < rowEnd;)
        {
            int tiles = rowEnd - row >= atATime * TileLayout.Rows ? atATime : 1;
            TileCall call = new() { Blocks = w.Columns / QuantizedRow.BlockLength, XStride = x.RowBytes, YStride = (nint)yStride * sizeof(float), Bias = bias is null ? none : bias + row };
            TileKind kind = w.IsTiled ? InTiles(level, w, row, tiles, isPacked, &call) : InRows(level, w, row, tiles, &call);
            int most = TileKernels.MaxTokens(level, tiles);
            row += tiles * TileLayout.Rows;
            call.Next = row < rowEnd ? w.First(row) : next;
            for (int token = 0; token < tokens;)
            {
                int count = Math.Min(most, tokens - token);
                call.X = x.Pointer(first + token);
                call.Y = y + (long)token * yStride + row - tiles * TileLayout.Rows;
                TileKernels.Run(level, kind, tiles, count, &call);
                call.Next += call.Blocks * 64;    // many tokens ask for a line a block, and share the asking
                token += count;
            }
        }
    }

    /// <summary>Points a call to tiles, unpacked first where that is asked for.</summary>
    static TileKind InTiles(DotLevel level, WeightMatrix w, int row, int tiles, bool isPacked, TileCall* call)
    {
        nint tileBytes = (nint)TileLayout.TileBytes(w.Type, w.Columns);
        byte* tile = w.Tile(row), codes = tile + TileLayout.ScaleBytes(w.Type, w.Columns);
        call->Codes = codes;
        call->Scales = tile;
        (call->CodesStride, call->ScalesStride) = (tileBytes, tileBytes);
        if (w.Type == WeightType.Q8_0)
            return TileKind.Q8;
        if (isPacked)
            return TileKind.Mxfp4;
        call->CodesStride = (nint)(2 * TileLayout.CodeBytes(w.Type, w.Columns));
        call->Codes = Scratch.Bytes(2 * (int)call->CodesStride);
        for (int i = 0; i < tiles; i++)
            TileKernels.Unpack(level, codes + i * tileBytes, w.Columns / QuantizedRow.BlockLength, call->Codes + i * call->CodesStride);
        return TileKind.Mxfp4Bytes;
    }

    /// <summary>Puts rows in tiles of the thread's own, then goes on as with those.</summary>
    static TileKind InRows(DotLevel level, WeightMatrix w, int row, int tiles, TileCall* call)
    {
        int scaleBytes = (int)TileLayout.ScaleBytes(w.Type, w.Columns), tileBytes = (int)TileLayout.TileBytes(w.Type, w.Columns);
        int unpacked = w.Type == WeightType.Mxfp4 ? 2 * (tileBytes - scaleBytes) : 0;
        byte* tile = Scratch.Bytes(2 * (tileBytes + unpacked));
        for (int i = 0; i < tiles; i++)
            TileLayout.Pack(w.Row(row + i * TileLayout.Rows), w.Type, w.Columns, tile + i * tileBytes);
        call->Codes = tile + scaleBytes;
        call->Scales = tile;
        (call->CodesStride, call->ScalesStride) = (tileBytes, tileBytes);
        if (w.Type == WeightType.Q8_0)
            return TileKind.Q8;
        call->Codes = tile + 2 * tileBytes;
        call->CodesStride = unpacked;
        for (int i = 0; i < tiles; i++)
            TileKernels.Unpack(level, tile + scaleBytes + i * tileBytes, w.Columns / QuantizedRow.BlockLength, call->Codes + i * unpacked);
        return TileKind.Mxfp4Bytes;
    }

    readonly struct Job(WeightMatrix w, float* bias, QuantizedRows x, int tokens, float* y) : IRangeJob
    {
        public void Run(int start, int end) => Rows(TileKernels.Level, w, bias, x, 0, tokens, y, w.Rows, start, end, w.First(end));
    }
}
