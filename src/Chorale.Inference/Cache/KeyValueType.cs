namespace Chorale.Inference;

/// <summary>How the keys and values of a sequence are kept.</summary>
public enum KeyValueType
{
    /// <summary>As they are computed: 4 bytes a number.</summary>
    F32,

    /// <summary>Half precision: 2 bytes a number. It moves logits by some thousandths.</summary>
    F16,

    /// <summary>8 bits a number, and a scale for each key and value of a head: 1.06 bytes a number with heads of 64. It moves logits by some hundredths.</summary>
    Q8,
}
