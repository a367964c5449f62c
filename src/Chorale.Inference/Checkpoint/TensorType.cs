namespace Chorale.Inference;

/// <summary>
/// How the numbers of a tensor are stored. Names and values are those of ggml, from <see cref="U8"/> on those of safetensors that ggml does
/// not have; the engine computes with the ones marked.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE float32. The engine computes with it.</summary>
    F32 = 0,

    /// <summary>IEEE float16. The engine computes with it.</summary>
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,

    /// <summary>32 signed bytes and a float16 scale. The engine computes with it.</summary>
    Q8_0 = 8,
    Q8_1 = 9,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    Q8_K = 15,
    IQ2_XXS = 16,
    IQ2_XS = 17,
    IQ3_XXS = 18,
    IQ1_S = 19,
    IQ4_NL = 20,
    IQ3_S = 21,
    IQ2_S = 22,
    IQ4_XS = 23,
    I8 = 24,
    I16 = 25,
    I32 = 26,
    I64 = 27,
    F64 = 28,
    IQ1_M = 29,

    /// <summary>The upper half of a float32. The engine computes with it.</summary>
    BF16 = 30,
    TQ1_0 = 34,
    TQ2_0 = 35,

    /// <summary>32 four-bit floats and a power-of-two scale. The engine computes with it.</summary>
    Mxfp4 = 39,

    /// <summary>Bytes. The engine computes with the MXFP4 blocks and scales that safetensors store so.</summary>
    U8 = 1000,
    U16 = 1001,
    U32 = 1002,
    U64 = 1003,
    Bool = 1004,
    F8_E4M3 = 1005,
    F8_E5M2 = 1006,
    F8_E8M0 = 1007,
}
