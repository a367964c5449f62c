namespace Chorale.Kernels;

/// <summary>A view of a weight matrix in memory that something else owns, one row after the other.</summary>
/// <remarks>
/// The view holds a bare pointer: it must not be used after the <see cref="MappedFile"/> or <see cref="NativeBuffer{T}"/> that gave it
/// is disposed. It is immutable, so threads may share it. The default value is an empty matrix.
/// </remarks>
readonly unsafe struct WeightMatrix
{
    internal WeightMatrix(byte* data, WeightType type, int rows, int columns)
    {
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
        RowBytes = type.RowBytes(columns);
    }

    /// <summary>The first byte of row 0; aligned to nothing.</summary>
    internal byte* Data { get; }

    public WeightType Type { get; }

    /// <summary>Numbers that a product gives: the output width.</summary>
    public int Rows { get; }

    /// <summary>Numbers that a product takes: the input width.</summary>
    public int Columns { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public long RowBytes { get; }

    /// <summary>Bytes of the whole matrix.</summary>
    public long ByteCount => Rows * RowBytes;

    /// <summary>Decodes one row, exactly.</summary>
    /// <param name="row">In [0, rows).</param>
    /// <param name="y">Result, shape [columns].</param>
    public void CopyRow(int row, Span<float> y) => CopyRow(Simd.Level, row, y);

    internal void CopyRow(SimdLevel level, int row, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        if (y.Length != Columns)
            throw new ArgumentException($"The row has {Columns} numbers, the result {y.Length}.", nameof(y));
        fixed (float* to = y)
            Dequantize.Row(level, Type, Row(row), Columns, to);
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> as a matrix of their own: one expert of many, say.</summary>
    public WeightMatrix Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - start);
        return new WeightMatrix(Row(start), Type, count, Columns);
    }

    /// <summary>The first byte of a row; unchecked.</summary>
    internal byte* Row(int row) => Data + row * RowBytes;

    /// <summary>A matrix at <paramref name="offset"/> in a block of memory, refused where it would not lie inside.</summary>
    internal static WeightMatrix At(byte* memory, long byteCount, long offset, WeightType type, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Int128 needed = (Int128)rows * type.RowBytes(columns);   // a hostile file's rows and columns overflow 64 bits
        if (offset > byteCount || needed > byteCount - offset)
            throw new ArgumentException($"A {rows} x {columns} matrix of {type} takes {needed} bytes at {offset}, past the end at {byteCount}.", nameof(offset));
        return new WeightMatrix(memory + offset, type, rows, columns);
    }
}
