using System.Buffers;
using System.Globalization;

namespace Chorale.Training;

/// <summary>Cuts a file into rows, in batches, with memory for a block or for the longest row. Disposes nothing.</summary>
/// <param name="stream">The file, unpacked.</param>
/// <param name="name">Its name.</param>
/// <param name="blockBytes">How much is read at a time.</param>
/// <param name="maxRecordBytes">The most that a row may have; a longer line is passed over.</param>
sealed class RecordReader(Stream stream, string name, int blockBytes = 1 << 20, int maxRecordBytes = 64 << 20)
{
    static readonly SearchValues<byte> Ends = SearchValues.Create(" \t\r\n,]}"u8);

    static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    byte[] _carry = [];
    int _carryLength;
    RecordLayout? _layout;
    long _line = 1;
    bool _isEnded;
    bool _isInside;      // the list was opened
    bool _isPassedOver;  // the rest of a line that is too long

    /// <summary>The next rows; null at the end.</summary>
    /// <exception cref="DatasetException">A file of another kind, or a row over several lines that is too long.</exception>
    public RecordBatch? Next()
    {
        if (_isEnded && _carryLength == 0)
            return null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(blockBytes, _carryLength + (blockBytes / 2)));
        _carry.AsSpan(0, _carryLength).CopyTo(buffer);
        int count = _carryLength;
        List<RawRecord> records = [];
        while (true)
        {
            int read = stream.ReadAtLeast(buffer.AsSpan(count), buffer.Length - count, throwOnEndOfStream: false);
            _isEnded = read < buffer.Length - count;
            count += read;
            _layout ??= LayoutSniffer.Tell(buffer.AsSpan(0, count), name);
            int used = Split(buffer.AsSpan(0, count), records);
            if (records.Count > 0 || _isEnded || used > 0)
            {
                Keep(buffer.AsSpan(used, count - used));
                return new RecordBatch(buffer, records, _layout.Value);
            }
            if (count >= maxRecordBytes)
            {
                PassOver(records);
                _carryLength = 0;   // what was read of it is let go
                return new RecordBatch(buffer, records, _layout.Value);
            }
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * buffer.Length, maxRecordBytes));
            buffer.AsSpan(0, count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }

    /// <summary>How long the JSON value is that begins here; -1 where it does not end.</summary>
    internal static int ValueLength(ReadOnlySpan<byte> text, bool isAll)
    {
        if (text[0] == '"')
            return StringLength(text);
        if (text[0] is not ((byte)'{' or (byte)'['))
        {
            int end = text.IndexOfAny(Ends);
            return end > 0 ? end : end == 0 ? 1 : isAll ? text.Length : -1;
        }
        int depth = 0, at = 0;
        while (true)
        {
            int next = text[at..].IndexOfAny(Structure);
            if (next < 0)
                return -1;
            at += next;
            switch (text[at])
            {
                case (byte)'"':
                    int length = StringLength(text[at..]);
                    if (length < 0)
                        return -1;
                    at += length;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    at++;
                    break;
                default:
                    at++;
                    if (--depth == 0)
                        return at;
                    break;
            }
        }
    }

    static int StringLength(ReadOnlySpan<byte> text)
    {
        for (int at = 1; ;)
        {
            int next = at < text.Length ? text[at..].IndexOfAny((byte)'"', (byte)'\\') : -1;
            if (next < 0)
                return -1;
            at += next;
            if (text[at] == '"')
                return at + 1;
            at += 2;
        }
    }

    void Keep(ReadOnlySpan<byte> rest)
    {
        if (_carry.Length < rest.Length)
            _carry = new byte[rest.Length];
        rest.CopyTo(_carry);
        _carryLength = rest.Length;
    }

    void PassOver(List<RawRecord> records)
    {
        string problem = string.Create(CultureInfo.InvariantCulture, $"a row of more than {maxRecordBytes >> 20} MB");
        if (_layout != RecordLayout.Lines)
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{name}:{_line}: {problem}, or one that does not end"));
        if (!_isPassedOver)
            records.Add(new(0, 0, _line, problem));
        _isPassedOver = true;
    }

    /// <summary>Adds whole rows.</summary>
    /// <returns>How many bytes they and what is between them take.</returns>
    int Split(ReadOnlySpan<byte> text, List<RawRecord> records)
    {
        int at = 0;
        if (_line == 1 && text.StartsWith("\uFEFF"u8))
            at = 3;
        while (true)
        {
            int next = _layout switch
            {
                RecordLayout.Lines => Line(text, at, records),
                RecordLayout.Harmony => Harmony(text, at, records),
                _ => Value(text, at, records),
            };
            if (next < 0)
                return at;
            at = next;
        }
    }

    int Line(ReadOnlySpan<byte> text, int at, List<RawRecord> records)
    {
        int length = text[at..].IndexOf((byte)'\n');
        if (length < 0 && (!_isEnded || at == text.Length))
            return -1;
        int end = length < 0 ? text.Length : at + length;
        if (!_isPassedOver && !text[at..end].Trim(" \t\r"u8).IsEmpty)
            records.Add(new(at, end - at, _line));
        _isPassedOver = false;
        _line++;
        return length < 0 ? end : end + 1;
    }

    int Value(ReadOnlySpan<byte> text, int at, List<RawRecord> records)
    {
        int start = at;
        while (at < text.Length && IsBetween(text[at]))
            at++;
        if (at > start)
        {
            _line += text[start..at].Count((byte)'\n');
            return at;
        }
        if (at == text.Length)
            return -1;
        int length = ValueLength(text[at..], _isEnded);
        if (length < 0 && !_isEnded)
            return -1;
        if (length < 0)
            length = text.Length - at;   // it does not end, which its reader tells
        records.Add(new(at, length, _line));
        _line += text.Slice(at, length).Count((byte)'\n');
        return at + length;
    }

    /// <summary>Blanks, and of a list its commas and brackets.</summary>
    bool IsBetween(byte value)
    {
        if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            return true;
        if (_layout != RecordLayout.Items)
            return false;
        if (value == '[' && !_isInside)
        {
            _isInside = true;
            return true;
        }
        return value is (byte)',' or (byte)']' && _isInside;
    }

    int Harmony(ReadOnlySpan<byte> text, int at, List<RawRecord> records)
    {
        ReadOnlySpan<byte> marker = "<|start|>system<|message|>"u8;
        for (int from = at + 1; from < text.Length && text[from..].IndexOf(marker) is var next and >= 0; from += next + 1)
        {
            if (EndsConversation(text[at..(from + next)].TrimEnd(" \t\r\n"u8)))
                return Add(text, at, from + next, records);
        }
        return _isEnded && at < text.Length ? Add(text, at, text.Length, records) : -1;
    }

    static bool EndsConversation(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text.EndsWith("<|end|>"u8) || text.EndsWith("<|return|>"u8) || text.EndsWith("<|call|>"u8) || text.EndsWith("<|start|>assistant"u8);

    int Add(ReadOnlySpan<byte> text, int start, int end, List<RawRecord> records)
    {
        if (!text[start..end].Trim(" \t\r\n"u8).IsEmpty)
            records.Add(new(start, end - start, _line));
        _line += text[start..end].Count((byte)'\n');
        return end;
    }
}
