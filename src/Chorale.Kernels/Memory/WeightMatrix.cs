namespace Chorale.Kernels;

/// <summary>A view of a weight matrix in memory that something else owns, one row after the other or in tiles.</summary>
/// <remarks>
/// The view holds a bare pointer: it must not be used after the <see cref="MappedFile"/> or <see cref="NativeBuffer{T}"/> that gave it
/// is disposed. It is immutable, so threads may share it. The default value is an empty matrix.
/// </remarks>
readonly unsafe struct WeightMatrix
{
    internal WeightMatrix(byte* data, WeightType type, int rows, int columns, bool isTiled = false)
    {
        Data = data;
        Type = type;
        Rows = rows;
        Columns = columns;
        IsTiled = isTiled;
        RowBytes = type.RowBytes(columns);
    }

    /// <summary>The first byte of row 0, aligned to nothing, or of the first tile.</summary>
    internal byte* Data { get; }

    /// <summary>Whether the rows lie in tiles, as <see cref="TileLayout"/> has them, and not one after the other.</summary>
    public bool IsTiled { get; }

    public WeightType Type { get; }

    /// <summary>Numbers that a product gives: the output width.</summary>
    public int Rows { get; }

    /// <summary>Numbers that a product takes: the input width.</summary>
    public int Columns { get; }

    /// <summary>Bytes that a row takes, and where rows lie one after the other, bytes from one to the next.</summary>
    public long RowBytes { get; }

    /// <summary>Bytes of the whole matrix.</summary>
    public long ByteCount => IsTiled ? TileLayout.ByteCount(Type, Rows, Columns) : Rows * RowBytes;

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
        {
            if (IsTiled)
                TileLayout.DecodeRow(Tile(row), Type, row % TileLayout.Rows, Columns, to);
            else
                Dequantize.Row(level, Type, Row(row), Columns, to);
        }
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> as a matrix of their own: one expert of many, say.</summary>
    /// <exception cref="ArgumentException">There are no such rows, or they are not whole tiles.</exception>
    public WeightMatrix Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - start);
        if (!IsTiled)
            return new WeightMatrix(Row(start), Type, count, Columns);
        if (start % TileLayout.Rows != 0 || count % TileLayout.Rows != 0)
            throw new ArgumentException($"Rows {start} to {start + count} are not whole tiles of {TileLayout.Rows}.", nameof(start));
        return new WeightMatrix(Tile(start), Type, count, Columns, isTiled: true);
    }

    /// <summary>The first byte of a row that lies by itself; unchecked.</summary>
    internal byte* Row(int row) => Data + row * RowBytes;

    /// <summary>The first byte of the tile that holds a row; unchecked.</summary>
    internal byte* Tile(int row) => Data + row / TileLayout.Rows * TileLayout.TileBytes(Type, Columns);

    /// <summary>Where the reading of rows from <paramref name="row"/> on begins, for asking ahead; unchecked.</summary>
    internal byte* First(int row) => IsTiled ? Tile(row) : Row(row);

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
