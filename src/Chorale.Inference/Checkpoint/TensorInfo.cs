namespace Chorale.Inference;

/// <summary>A tensor of a model file, without its numbers.</summary>
/// <param name="Name">As the file spells it, such as <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Slowest dimension first, as [rows, columns]: GGUF stores the reverse.</param>
/// <param name="Offset">Where it begins, in bytes from the beginning of its file.</param>
/// <param name="ByteCount">How many bytes it takes.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Which of <see cref="Checkpoint.Files"/> holds it.</summary>
    public int File { get; init; }

    /// <summary>The product of <see cref="Shape"/>; 1 for a single number.</summary>
    public long ElementCount { get; } = Shape.Aggregate(1L, (product, size) => product * size);

    internal bool HasShape(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Count)
            return false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] != Shape[i])
                return false;
        }
        return true;
    }

    /// <summary>As <c>blk.0.attn_q.weight Q8_0 [4096, 2880]</c>.</summary>
    public override string ToString() => $"{Name} {Type} {ShapeText.Of(Shape)}";
}
