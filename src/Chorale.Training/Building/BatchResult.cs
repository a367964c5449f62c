using System.Buffers;

namespace Chorale.Training;

/// <summary>What became of some rows, in their order.</summary>
sealed class BatchResult(string file, long bytesRead)
{
    public string File => file;

    /// <summary>How much of the file was read up to here.</summary>
    public long BytesRead => bytesRead;

    public List<RowResult> Rows { get; } = [];

    public HistoryRepairs Repairs { get; } = new(listed: false);

    public ArrayBufferWriter<byte> Lines { get; } = new(64 * 1024);
}
