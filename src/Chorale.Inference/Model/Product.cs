using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>A matrix times activations, by the kernels that its layout and the precision ask for.</summary>
static class Product
{
    /// <summary>All rows, split over the threads.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Shape [rows]; empty for none.</param>
    /// <param name="x">Activations, shape [tokens, columns].</param>
    /// <param name="bytes">Room for them in 8 bits; null computes in float32.</param>
    /// <param name="tokens">Number of activation rows.</param>
    /// <param name="y">Result, shape [tokens, rows].</param>
    /// <param name="pool">The threads to use.</param>
    public static void Run(WeightMatrix w, float[] bias, ReadOnlySpan<float> x, QuantizedRows? bytes, int tokens, Span<float> y, WorkerPool pool)
    {
        if (bytes is null || !TileMatMul.Takes(w, tokens))
        {
            MatMul.Run(w, bias, x, tokens, y, pool);
            return;
        }
        bytes.Set(x, pool);
        TileMatMul.Run(w, bias, bytes, tokens, y, pool);
    }

    /// <summary>Some rows, on the calling thread; <paramref name="bytes"/> are already set where they are needed.</summary>
    /// <param name="w">Weights, shape [rows, columns].</param>
    /// <param name="bias">Shape [rows]; empty for none.</param>
    /// <param name="x">Activations, shape [tokens, columns].</param>
    /// <param name="bytes">The same in 8 bits; null computes in float32.</param>
    /// <param name="tokens">Number of activation rows.</param>
    /// <param name="y">Result, shape [tokens, rows].</param>
    /// <param name="start">The first row, a multiple of 16.</param>
    /// <param name="end">One past the last row, a multiple of 16 or all rows.</param>
    public static void RunRows(WeightMatrix w, float[] bias, ReadOnlySpan<float> x, QuantizedRows? bytes, int tokens, Span<float> y, int start, int end)
    {
        if (bytes is not null && TileMatMul.Takes(w, tokens))
            TileMatMul.RunRows(w, bias, bytes, 0, tokens, y, w.Rows, start, end);
        else
            MatMul.RunRows(w, bias, x, tokens, y, w.Rows, start, end);
    }
}
