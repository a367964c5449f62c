namespace Chorale.Inference;

/// <summary>How activations are computed with in front of matrices; everything else is float32, but for the keys and values kept (<see cref="GptOssOptions.KeyValueType"/>).</summary>
public enum Precision
{
    /// <summary>float32: logits as OpenAI's reference has them, to about 1e-4.</summary>
    Exact,

    /// <summary>
    /// Activations are rounded to 8 bits, in blocks of 32 with a scale, in front of MXFP4 and Q8_0 matrices: several times faster. Logits move by about
    /// 0.1; at a position where two experts are nearly level, another one may be chosen.
    /// </summary>
    Fast,
}
