using System.Buffers;
using System.Runtime.Intrinsics;
using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>An MXFP4 matrix as safetensors hold it: blocks and scales in two tensors, and gate and up by turns in the rows of one.</summary>
/// <remarks>
/// Of the 16 bytes of a block, byte j holds numbers 2j (low half) and 2j + 1; GGUF's holds j and j + 16, after the scale. So reading it
/// means to put scale and block together and to sort the halves; no number changes.
/// </remarks>
sealed class InterleavedMxfp4 : MatrixSource
{
    const int ReadBytes = 1 << 18;

    readonly Tensor _blocks, _scales;
    readonly int _first, _step;

    /// <summary>A tensor's bytes in its file.</summary>
    public readonly record struct Tensor(CheckpointFile File, long Offset);

    /// <summary>Takes rows of two tensors.</summary>
    /// <param name="blocks">16 bytes a block, row after row.</param>
    /// <param name="scales">A byte a block, row after row.</param>
    /// <param name="first">The row of the tensors that is row 0.</param>
    /// <param name="step">From there to the row that is row 1.</param>
    /// <param name="rows">How many rows; all must lie inside the tensors.</param>
    /// <param name="columns">A multiple of 32.</param>
    public InterleavedMxfp4(Tensor blocks, Tensor scales, int first, int step, int rows, int columns)
        : base(WeightType.Mxfp4, rows, columns) =>
        (_blocks, _scales, _first, _step) = (blocks, scales, first, step);

    int BlocksOfRow => Columns / Mxfp4.BlockLength;

    public override bool TryMap(out WeightMatrix matrix)
    {
        matrix = default;
        return false;
    }

    protected override MatrixSource Part(int start, int count) => new InterleavedMxfp4(_blocks, _scales, _first + (start * _step), _step, count, Columns);

    /// <summary>Reads the rows between too: one long read is quicker than many of one row.</summary>
    protected override void Read(int start, int count, Span<byte> destination)
    {
        int rowBytes = BlocksOfRow * Mxfp4.BlockBytes, rowsAtATime = Math.Max(1, ReadBytes / (rowBytes * _step));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(((rowsAtATime - 1) * _step + 1) * rowBytes);
        for (int done = 0; done < count; done += rowsAtATime)
        {
            int rows = Math.Min(rowsAtATime, count - done), spanned = ((rows - 1) * _step) + 1;
            long at = (_first + ((start + done) * (long)_step)) * BlocksOfRow;
            Span<byte> scales = buffer.AsSpan(0, spanned * BlocksOfRow), blocks = buffer.AsSpan(scales.Length, scales.Length * (Mxfp4.BlockBytes - 1));
            _scales.File.Read(_scales.Offset + at, scales);
            _blocks.File.Read(_blocks.Offset + (at * (Mxfp4.BlockBytes - 1)), blocks);
            for (int row = 0; row < rows; row++)
            {
                int from = row * _step * BlocksOfRow;
                Convert(scales.Slice(from, BlocksOfRow), blocks[(from * (Mxfp4.BlockBytes - 1))..], destination.Slice((done + row) * rowBytes, rowBytes));
            }
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>One row to GGUF's layout.</summary>
    static void Convert(ReadOnlySpan<byte> scales, ReadOnlySpan<byte> blocks, Span<byte> destination)
    {
        Vector128<byte> low = Vector128.Create((byte)0x0F);
        for (int i = 0; i < scales.Length; i++)
        {
            Vector128<byte> block = Vector128.Create(blocks.Slice(i * 16, 16));
            Vector128<byte> first = block.GetLower().ToVector128(), second = block.GetUpper().ToVector128();    // numbers 0 to 15, 16 to 31
            Vector128<byte> even = (first & low) | ((second & low) << 4);
            Vector128<byte> odd = (first >>> 4) | (second & ~low);
            Span<byte> to = destination.Slice(i * Mxfp4.BlockBytes, Mxfp4.BlockBytes);
            to[0] = scales[i];
            (Vector128.WidenLower(even) | (Vector128.WidenLower(odd) << 8)).AsByte().CopyTo(to[1..]);
        }
    }
}
