namespace Chorale.Training;

/// <summary>A stream whose beginning can be looked at before it is read, and which tells how much was read. Reading only.</summary>
sealed class PeekedStream(Stream inner) : Stream
{
    byte[] _head = [];
    int _at;

    /// <summary>How many bytes were taken from the stream underneath.</summary>
    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, as many as there are.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        _head = new byte[count];
        int read = inner.ReadAtLeast(_head, count, throwOnEndOfStream: false);
        Array.Resize(ref _head, read);
        BytesRead += read;
        return _head;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_at < _head.Length)
        {
            int count = Math.Min(buffer.Length, _head.Length - _at);
            _head.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
        int read = inner.Read(buffer);
        BytesRead += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
