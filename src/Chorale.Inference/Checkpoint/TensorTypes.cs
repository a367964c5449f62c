namespace Chorale.Inference;

/// <summary>How many elements and bytes a block of each <see cref="TensorType"/> has.</summary>
/// <remarks>Source: the type table of ggml (<c>ggml.c</c>, <c>type_traits</c>).</remarks>
static class TensorTypes
{
    public readonly record struct Block(int Elements, int Bytes);

    /// <summary>The block of a type; false for a number that names none.</summary>
    public static bool TryGetBlock(TensorType type, out Block block)
    {
        block = type switch
        {
            TensorType.F32 or TensorType.I32 => new(1, 4),
            TensorType.F16 or TensorType.BF16 or TensorType.I16 => new(1, 2),
            TensorType.F64 or TensorType.I64 => new(1, 8),
            TensorType.I8 => new(1, 1),
            TensorType.Q4_0 or TensorType.IQ4_NL => new(32, 18),
            TensorType.Q4_1 => new(32, 20),
            TensorType.Q5_0 => new(32, 22),
            TensorType.Q5_1 => new(32, 24),
            TensorType.Q8_0 => new(32, 34),
            TensorType.Q8_1 => new(32, 36),
            TensorType.Mxfp4 => new(32, 17),
            TensorType.Q2_K => new(256, 84),
            TensorType.Q3_K or TensorType.IQ3_S => new(256, 110),
            TensorType.Q4_K => new(256, 144),
            TensorType.Q5_K => new(256, 176),
            TensorType.Q6_K => new(256, 210),
            TensorType.Q8_K => new(256, 292),
            TensorType.IQ2_XXS or TensorType.TQ2_0 => new(256, 66),
            TensorType.IQ2_XS => new(256, 74),
            TensorType.IQ3_XXS => new(256, 98),
            TensorType.IQ1_S => new(256, 50),
            TensorType.IQ2_S => new(256, 82),
            TensorType.IQ4_XS => new(256, 136),
            TensorType.IQ1_M => new(256, 56),
            TensorType.TQ1_0 => new(256, 54),
            _ => default,
        };
        return block.Elements != 0;
    }
}
