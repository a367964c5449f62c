namespace Chorale.Kernels;

/// <summary>How keys and values are stored.</summary>
enum KeyValueFormat
{
    /// <summary>As they are computed.</summary>
    F32,

    /// <summary>IEEE half precision without denormals: magnitudes from 2^-14 to 65504.</summary>
    F16,

    /// <summary>Eight bits a number and a float32 scale for each key and each value of a head: 127 is its largest magnitude.</summary>
    Q8,
}
