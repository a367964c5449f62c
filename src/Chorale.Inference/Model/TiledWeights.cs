using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>Weights read from a checkpoint into tiles, in one block of memory.</summary>
/// <remarks>
/// Rows go through a small buffer of each thread from the file to their place: the model is never in memory twice.
/// </remarks>
sealed class TiledWeights : IDisposable
{
    const int StagingBytes = 1 << 20;

    readonly Dictionary<MatrixSource, long> _offsets = new(ReferenceEqualityComparer.Instance);
    readonly PageBuffer _memory;

    /// <summary>Finds a place for each matrix; nothing is read yet.</summary>
    /// <exception cref="IOException">The system has no memory for them.</exception>
    public TiledWeights(IEnumerable<MatrixSource> matrices)
    {
        long byteCount = 0;
        foreach (MatrixSource matrix in matrices.Distinct(ReferenceEqualityComparer.Instance).Cast<MatrixSource>())
        {
            _offsets.Add(matrix, byteCount);
            byteCount += TileLayout.ByteCount(matrix.Type, matrix.Rows, matrix.Columns);
        }
        _memory = new(byteCount);
    }

    /// <summary>Reads all of them.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Read(WorkerPool pool)
    {
        List<Piece> pieces = [];
        foreach ((MatrixSource matrix, long offset) in _offsets)
        {
            int rows = (int)Math.Clamp(StagingBytes / (matrix.RowBytes * TileLayout.Rows), 1, matrix.Rows / TileLayout.Rows) * TileLayout.Rows;
            for (int row = 0; row < matrix.Rows; row += rows)
                pieces.Add(new(matrix, offset, row, Math.Min(rows, matrix.Rows - row)));
        }
        pool.Run(pieces.Count, 1, new ReadJob(_memory, pieces));
    }

    /// <summary>The tiles of a matrix, where it is among these.</summary>
    public bool TryGet(MatrixSource source, out WeightMatrix matrix)
    {
        bool found = _offsets.TryGetValue(source, out long offset);
        matrix = found ? _memory.Tiles(offset, source.Type, source.Rows, source.Columns) : default;
        return found;
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Some rows of a matrix, a multiple of a tile, and where the matrix begins.</summary>
    readonly record struct Piece(MatrixSource Matrix, long Offset, int Row, int Count);

    /// <summary>An item is a piece.</summary>
    readonly struct ReadJob(PageBuffer memory, List<Piece> pieces) : IRangeJob
    {
        public void Run(int start, int end)
        {
            using NativeBuffer<byte> staging = new(pieces[start..end].Max(piece => piece.Count * piece.Matrix.RowBytes));
            for (int i = start; i < end; i++)
                Read(pieces[i], staging.Span);
        }

        void Read(Piece piece, Span<byte> staging)
        {
            MatrixSource matrix = piece.Matrix;
            int rowsBytes = checked((int)(TileLayout.Rows * matrix.RowBytes)), tileBytes = checked((int)TileLayout.TileBytes(matrix.Type, matrix.Columns));
            Span<byte> rows = staging[..(piece.Count / TileLayout.Rows * rowsBytes)];
            matrix.ReadRows(piece.Row, piece.Count, rows);
            for (int tile = 0; tile < piece.Count / TileLayout.Rows; tile++)
            {
                long place = piece.Offset + ((long)((piece.Row / TileLayout.Rows) + tile) * tileBytes);
                TileLayout.Pack(rows.Slice(tile * rowsBytes, rowsBytes), matrix.Type, matrix.Columns, memory.Slice(place, tileBytes));
            }
        }
    }
}
