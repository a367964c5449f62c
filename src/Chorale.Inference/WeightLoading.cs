namespace Chorale.Inference;

/// <summary>Where the weights are while computing.</summary>
public enum WeightLoading
{
    /// <summary>
    /// Chosen by <see cref="GptOssOptions.Precision"/>: <see cref="Map"/> for exact, <see cref="Repack"/> for fast, unless that takes more than
    /// nine tenths of the memory that the process may use.
    /// </summary>
    Auto,

    /// <summary>In place in the mapped file: it opens at once and reads a page when it is first needed.</summary>
    Map,

    /// <summary>
    /// Read once and put in the order that the fast kernels want, in memory of the model's own, in large pages where the system gives them. Takes as long as reading
    /// the file does; decoding is then as fast as memory. Only with <see cref="Precision.Fast"/>; MXFP4 and Q8_0 matrices but the embedding, of which a token needs
    /// one row, are loaded so, others stay in the file.
    /// </summary>
    Repack,
}
