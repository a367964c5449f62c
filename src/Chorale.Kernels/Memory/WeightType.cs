namespace Chorale.Kernels;

/// <summary>How the numbers of a weight matrix are stored, in GGUF's block layouts; every one decodes to float32 exactly.</summary>
enum WeightType
{
    F32,
    F16,
    BF16,

    /// <summary>32 numbers in 34 bytes: a float16 scale, then 32 signed bytes.</summary>
    Q8_0,

    /// <summary>32 numbers in 17 bytes: an E8M0 scale, then byte j holds the FP4 codes of numbers j (low half) and j + 16 (high half).</summary>
    Mxfp4,
}
