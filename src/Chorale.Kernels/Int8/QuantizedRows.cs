namespace Chorale.Kernels;

/// <summary>Room for rows of activations in 8 bits.</summary>
/// <remarks>Different rows may be written by different threads at a time, and read by any number of them afterwards.</remarks>
sealed unsafe class QuantizedRows : IDisposable
{
    readonly NativeBuffer<byte> _records;

    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Numbers of a row, a multiple of 32.</param>
    public QuantizedRows(int rows, int columns)
    {
        if (columns % QuantizedRow.BlockLength != 0)
            throw new ArgumentException($"{columns} columns are no multiple of {QuantizedRow.BlockLength}.", nameof(columns));
        (Rows, Columns, RowBytes) = (rows, columns, QuantizedRow.ByteCount(columns));
        _records = new((long)rows * RowBytes);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int RowBytes { get; }

    /// <summary>The records of a row.</summary>
    public Span<byte> this[int row] => _records.Slice((long)row * RowBytes, RowBytes);

    /// <summary>The records of a row; unchecked.</summary>
    internal byte* Pointer(int row) => _records.Pointer + (long)row * RowBytes;

    /// <summary>Rounds the first rows, shared among the threads where that is worth it.</summary>
    /// <param name="x">Shape [rows, columns].</param>
    /// <param name="pool">The threads to use.</param>
    public void Set(ReadOnlySpan<float> x, WorkerPool pool)
    {
        int rows = x.Length / Columns;
        if (x.Length % Columns != 0 || rows > Rows)
            throw new ArgumentException($"{x.Length} numbers are not rows of {Columns}, at most {Rows}.", nameof(x));
        fixed (float* from = x)
        {
            Job job = new(this, from);
            if (rows < 8)
                job.Run(0, rows);
            else
                pool.Run(rows, 4, job);
        }
    }

    public void Dispose() => _records.Dispose();

    readonly struct Job(QuantizedRows rows, float* x) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int row = start; row < end; row++)
                Quantize.Blocks(Simd.Level, x + (long)row * rows.Columns, rows.Columns / QuantizedRow.BlockLength, rows.Pointer(row));
        }
    }
}
