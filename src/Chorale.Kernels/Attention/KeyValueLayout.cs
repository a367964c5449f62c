namespace Chorale.Kernels;

/// <summary>Where a layer's keys and values lie in memory. Immutable.</summary>
/// <remarks>
/// The unit is a block: 32 neighbouring positions of one head. Its keys come first, transposed as [headDim, 32]: one vector then holds a dimension of
/// neighbouring keys, and scores come out side by side without sums across lanes. Its values follow as [32, headDim], and in
/// <see cref="KeyValueFormat.Q8"/> the scales of the keys [32] and of the values [32]. The blocks of all heads lie side by side, and pages are some of those.
/// </remarks>
sealed record KeyValueLayout
{
    /// <summary>Positions in a block.</summary>
    public const int BlockSlots = 32;

    /// <param name="format">How numbers are stored.</param>
    /// <param name="kvHeads">Key-value heads.</param>
    /// <param name="headDim">Numbers in one head.</param>
    /// <param name="pagePositions">Positions in a page, rounded up to whole blocks.</param>
    public KeyValueLayout(KeyValueFormat format, int kvHeads, int headDim, int pagePositions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kvHeads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headDim);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pagePositions);
        (Format, KvHeads, HeadDim) = (format, kvHeads, headDim);
        PagePositions = checked(pagePositions + BlockSlots - 1) / BlockSlots * BlockSlots;
        int size = format switch { KeyValueFormat.F32 => sizeof(float), KeyValueFormat.F16 => sizeof(ushort), KeyValueFormat.Q8 => sizeof(sbyte), _ => throw new ArgumentOutOfRangeException(nameof(format)) };
        ValuesOffset = checked(BlockSlots * headDim * size);
        KeyScalesOffset = checked(2 * ValuesOffset);
        ValueScalesOffset = KeyScalesOffset + (BlockSlots * sizeof(float));
        BlockBytes = format == KeyValueFormat.Q8 ? ValueScalesOffset + (BlockSlots * sizeof(float)) : KeyScalesOffset;
        PageBytes = checked((long)BlockBytes * kvHeads * (PagePositions / BlockSlots));
    }

    public KeyValueFormat Format { get; }

    public int KvHeads { get; }

    public int HeadDim { get; }

    /// <summary>Positions in a page.</summary>
    public int PagePositions { get; }

    /// <summary>From the start of a block to its values.</summary>
    public int ValuesOffset { get; }

    /// <summary>From the start of a block to the scales of its keys.</summary>
    public int KeyScalesOffset { get; }

    /// <summary>From the start of a block to the scales of its values.</summary>
    public int ValueScalesOffset { get; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>Bytes of a page.</summary>
    public long PageBytes { get; }

    /// <summary>Pages that hold some positions.</summary>
    public int PagesFor(int positions) => (int)(((long)positions + PagePositions - 1) / PagePositions);
}
