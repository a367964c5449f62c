using System.Buffers;

namespace Chorale.Cli;

/// <summary>
/// Splits a byte stream at <c>\n</c> alone, as JSON Lines are: no other separator of Unicode ends a line. A byte order mark at the very
/// start is skipped, a last line needs no <c>\n</c>.
/// </summary>
/// <param name="input">Read to its end; not disposed.</param>
/// <param name="bufferSize">The first size of the buffer in bytes; it grows to the longest line.</param>
sealed class InputLines(Stream input, int bufferSize = 64 * 1024)
{
    byte[] _buffer = new byte[bufferSize];
    int _start;
    int _end;
    bool _first = true;
    bool _ended;

    /// <summary>The next line without its <c>\n</c>, valid until the next call; null at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        int searched = _start;
        while (true)
        {
            int newline = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
                return Take(searched + newline, skip: 1);
            if (_ended && _end == _start)
                return null;
            if (_ended)
                return Take(_end, skip: 0);
            searched = _end - _start;
            MakeRoom();
            int read = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _ended = read == 0;
            _end += read;
        }
    }

    ReadOnlyMemory<byte> Take(int end, int skip)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, end - _start);
        _start = end + skip;
        if (_first && line.Span.StartsWith("\uFEFF"u8))
            line = line[3..];
        _first = false;
        return line;
    }

    void MakeRoom()
    {
        int length = _end - _start;
        byte[] target = length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, length);
    }
}
