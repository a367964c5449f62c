namespace Chorale.Kernels;

/// <summary>The block sizes of the weight types.</summary>
static class WeightLayout
{
    /// <summary>Numbers in one block: columns come in multiples of it.</summary>
    public static int BlockLength(this WeightType type) => type switch
    {
        WeightType.F32 or WeightType.F16 or WeightType.BF16 => 1,
        WeightType.Q8_0 or WeightType.Mxfp4 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such weight type."),
    };

    /// <summary>Bytes of one block.</summary>
    public static int BlockBytes(this WeightType type) => type switch
    {
        WeightType.F32 => 4,
        WeightType.F16 or WeightType.BF16 => 2,
        WeightType.Q8_0 => 34,
        WeightType.Mxfp4 => 17,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such weight type."),
    };

    /// <summary>Bytes of one row of <paramref name="columns"/> numbers.</summary>
    /// <exception cref="ArgumentException">The columns are negative or no multiple of the block length.</exception>
    public static long RowBytes(this WeightType type, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        int length = type.BlockLength();
        if (columns % length != 0)
            throw new ArgumentException($"{type} comes in blocks of {length}: {columns} columns are no multiple of it.", nameof(columns));
        return (long)(columns / length) * type.BlockBytes();
    }
}
