using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>One weight matrix of a checkpoint, wherever its bytes lie and however the file arranges them.</summary>
/// <remarks>Valid until the checkpoint is disposed. Immutable; threads may share it and read from it at the same time.</remarks>
abstract class MatrixSource(WeightType type, int rows, int columns)
{
    /// <summary>How <see cref="ReadRows"/> gives the numbers.</summary>
    public WeightType Type { get; } = type;

    /// <summary>Numbers that a product gives: the output width.</summary>
    public int Rows { get; } = rows;

    /// <summary>Numbers that a product takes: the input width.</summary>
    public int Columns { get; } = columns;

    /// <summary>Bytes of a row as <see cref="ReadRows"/> gives it.</summary>
    public long RowBytes { get; } = type.RowBytes(columns);

    /// <summary>The matrix in place in the mapped file; false where the file does not hold its rows as the kernels read them.</summary>
    public abstract bool TryMap(out WeightMatrix matrix);

    /// <summary>Reads rows in GGUF's layout of <see cref="Type"/>, one after the other; reading adds nothing to the resident part of the mapping.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="destination">Takes <paramref name="count"/> times <see cref="RowBytes"/> bytes, which must be its length.</param>
    /// <exception cref="ArgumentException">There are no such rows, or the destination has another length.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void ReadRows(int start, int count, Span<byte> destination)
    {
        CheckRange(start, count);
        if (destination.Length != count * RowBytes)
            throw new ArgumentException($"{count} rows take {count * RowBytes} bytes, the destination has {destination.Length}.", nameof(destination));
        Read(start, count, destination);
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> as a matrix of their own: one expert of many, say.</summary>
    /// <exception cref="ArgumentException">There are no such rows.</exception>
    public MatrixSource Slice(int start, int count)
    {
        CheckRange(start, count);
        return Part(start, count);
    }

    /// <summary>As <see cref="ReadRows"/>, the arguments checked.</summary>
    protected abstract void Read(int start, int count, Span<byte> destination);

    /// <summary>As <see cref="Slice"/>, the arguments checked.</summary>
    protected abstract MatrixSource Part(int start, int count);

    void CheckRange(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows - start);
    }
}
