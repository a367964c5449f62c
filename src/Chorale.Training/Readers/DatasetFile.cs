using System.IO.Compression;

namespace Chorale.Training;

/// <summary>An open file of rows, unpacked where it is gzip.</summary>
sealed class DatasetFile : IDisposable
{
    readonly PeekedStream _raw;
    readonly Stream _plain;

    public DatasetFile(DatasetInput input, int blockBytes)
    {
        _raw = new PeekedStream(input.Open());
        bool isGzip = _raw.Peek(2) is [0x1F, 0x8B];
        _plain = isGzip ? new GZipStream(_raw, CompressionMode.Decompress, leaveOpen: true) : _raw;
        Name = input.Name;
        Reader = new RecordReader(_plain, input.Name, blockBytes);
    }

    public string Name { get; }

    public RecordReader Reader { get; }

    /// <summary>How much was read of the file as it is on disk.</summary>
    public long BytesRead => _raw.BytesRead;

    /// <exception cref="DatasetException">The file is damaged, or of another kind.</exception>
    public RecordBatch? Next()
    {
        try
        {
            return Reader.Next();
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"'{Name}' is not whole gzip: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _plain.Dispose();
        _raw.Dispose();
    }
}
