using System.Buffers;

namespace Chorale.Training;

/// <summary>Some rows that follow each other, in memory from the pool.</summary>
sealed class RecordBatch(byte[] bytes, List<RawRecord> records, RecordLayout layout) : IDisposable
{
    byte[]? _bytes = bytes;

    public IReadOnlyList<RawRecord> Records => records;

    public RecordLayout Layout => layout;

    public ReadOnlyMemory<byte> BytesOf(RawRecord record) => _bytes.AsMemory(record.Start, record.Length);

    public void Dispose()
    {
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
    }
}
