using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>A matrix that its file holds row after row as the kernels read it.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where row 0 begins.</param>
/// <param name="type">How the numbers are stored.</param>
/// <param name="rows">All of them must lie inside the file.</param>
/// <param name="columns">A multiple of the type's block.</param>
sealed class StoredMatrix(CheckpointFile file, long offset, WeightType type, int rows, int columns) : MatrixSource(type, rows, columns)
{
    public override bool TryMap(out WeightMatrix matrix) => file.TryMap(offset, Type, Rows, Columns, out matrix);

    protected override void Read(int start, int count, Span<byte> destination) => file.Read(offset + (start * RowBytes), destination);

    protected override MatrixSource Part(int start, int count) => new StoredMatrix(file, offset + (start * RowBytes), Type, count, Columns);
}
