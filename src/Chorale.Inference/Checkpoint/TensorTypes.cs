using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>What the formats and the kernels know of each <see cref="TensorType"/>.</summary>
/// <remarks>Sources: the type table of ggml (<c>ggml.c</c>, <c>type_traits</c>); the specification of safetensors.</remarks>
static class TensorTypes
{
    public readonly record struct Block(int Elements, int Bytes);

    /// <summary>The block of a GGUF type; false for a number that names none.</summary>
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

    /// <summary>The type of a safetensors <c>dtype</c> and its bytes; false for a name that the engine does not know.</summary>
    public static bool TryParse(string dtype, out TensorType type, out int bytes)
    {
        (type, bytes) = dtype switch
        {
            "BF16" => (TensorType.BF16, 2),
            "U8" => (TensorType.U8, 1),
            "F32" => (TensorType.F32, 4),
            "F16" => (TensorType.F16, 2),
            "F64" => (TensorType.F64, 8),
            "I8" => (TensorType.I8, 1),
            "I16" => (TensorType.I16, 2),
            "I32" => (TensorType.I32, 4),
            "I64" => (TensorType.I64, 8),
            "U16" => (TensorType.U16, 2),
            "U32" => (TensorType.U32, 4),
            "U64" => (TensorType.U64, 8),
            "BOOL" => (TensorType.Bool, 1),
            "F8_E4M3" => (TensorType.F8_E4M3, 1),
            "F8_E5M2" => (TensorType.F8_E5M2, 1),
            "F8_E8M0" => (TensorType.F8_E8M0, 1),
            _ => default,
        };
        return bytes != 0;
    }

    /// <summary>The kernels' name of a type; false where they have none.</summary>
    public static bool TryGetWeightType(this TensorType type, out WeightType weightType)
    {
        (bool known, weightType) = type switch
        {
            TensorType.F32 => (true, WeightType.F32),
            TensorType.F16 => (true, WeightType.F16),
            TensorType.BF16 => (true, WeightType.BF16),
            TensorType.Q8_0 => (true, WeightType.Q8_0),
            TensorType.Mxfp4 => (true, WeightType.Mxfp4),
            _ => (false, default),
        };
        return known;
    }
}
