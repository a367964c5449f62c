using System.Buffers;

namespace Chorale.Training;

/// <summary>What became of some rows, in their order.</summary>
sealed class BatchResult(string file, long bytesRead, ArrayBufferWriter<byte> lines)
{
    public string File => file;

    /// <summary>How much of the file was read up to here.</summary>
    public long BytesRead => bytesRead;

    public List<RowResult> Rows { get; } = [];

    public HistoryRepairs Repairs { get; } = new(listed: false);

    /// <summary>The lines of all samples; the memory is used again when they are written.</summary>
    public ArrayBufferWriter<byte> Lines => lines;
}
