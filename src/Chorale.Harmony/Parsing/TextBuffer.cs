using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Chorale.Harmony;

/// <summary>
/// A message's content as it grows, from bytes that need not end where a character does. A character that is cut off is
/// held back, at most 3 bytes; each maximal part of bad bytes becomes U+FFFD at once, so that the deltas always add up.
/// </summary>
sealed class TextBuffer(int capacity)
{
    char[] _chars = new char[capacity];
    bool _isRented;
    int _length;
    int _deltaStart;
    readonly byte[] _held = new byte[4];
    int _heldCount;
    byte[] _bad = [];
    int _badCount;

    /// <summary>The content so far, without what is held back; valid until the next call.</summary>
    public ReadOnlySpan<char> Text => _chars.AsSpan(0, _length);

    /// <summary>What was added since the last <see cref="BeginDelta"/>; valid until the next call.</summary>
    public ReadOnlySpan<char> Delta => _chars.AsSpan(_deltaStart, _length - _deltaStart);

    /// <summary>The bytes that the last call replaced; valid until the next one.</summary>
    public ReadOnlySpan<byte> Bad => _bad.AsSpan(0, _badCount);

    /// <summary>How much of the text stood there before the last <see cref="BeginDelta"/>.</summary>
    public int ShownLength => _deltaStart;

    /// <summary>Whether there is neither text nor a character that is held back.</summary>
    public bool IsEmpty => _length == 0 && _heldCount == 0;

    public void BeginDelta() => _deltaStart = _length;

    /// <summary>Takes bytes of text.</summary>
    /// <returns>False where some were no character and were replaced: <see cref="Bad"/>.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (_chars.Length - _length <= bytes.Length)
            Grow(bytes.Length);
        if (_heldCount == 0 && bytes is [.., < 0x80] && bytes[0] < 0x80 && Ascii.ToUtf16(bytes, _chars.AsSpan(_length), out int ascii) == OperationStatus.Done)
        {
            _length += ascii;
            return true;
        }
        return TryAppendUtf8(bytes);
    }

    bool TryAppendUtf8(ReadOnlySpan<byte> bytes)
    {
        _badCount = 0;
        if (_heldCount > 0)
            CompleteHeld(ref bytes);
        while (true)
        {
            if (_chars.Length - _length <= bytes.Length)
                Grow(bytes.Length);
            OperationStatus status = Utf8.ToUtf16(bytes, _chars.AsSpan(_length), out int read, out int written, replaceInvalidSequences: false, isFinalBlock: false);
            _length += written;
            if (status == OperationStatus.Done)
                return _badCount == 0;
            bytes = bytes[read..];
            if (status == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(_held);
                _heldCount = bytes.Length;
                return _badCount == 0;
            }
            Rune.DecodeFromUtf8(bytes, out _, out int length);
            Replace(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    /// <summary>Takes text as it is.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_chars.Length - _length <= text.Length)
            Grow(text.Length);
        text.CopyTo(_chars.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Replaces a character that is held back: nothing that could complete it follows.</summary>
    public void Flush()
    {
        _badCount = 0;
        if (_heldCount > 0)
            Replace(_held.AsSpan(0, _heldCount));
        _heldCount = 0;
    }

    /// <summary>Gives the memory back where it is borrowed; what was read of it is valid no longer.</summary>
    public void Release()
    {
        if (_isRented)
            ArrayPool<char>.Shared.Return(_chars);
        (_chars, _isRented) = ([], false);
    }

    /// <summary>Empties the buffer for the next message.</summary>
    public void Clear() => _length = _deltaStart = _heldCount = 0;

    /// <summary>Joins bytes to those held back until a character is whole, or cannot be.</summary>
    void CompleteHeld(ref ReadOnlySpan<byte> bytes)
    {
        Span<char> units = stackalloc char[2];
        while (_heldCount > 0 && !bytes.IsEmpty)
        {
            _held[_heldCount] = bytes[0];
            OperationStatus status = Rune.DecodeFromUtf8(_held.AsSpan(0, _heldCount + 1), out Rune rune, out _);
            if (status == OperationStatus.InvalidData)
            {
                Replace(_held.AsSpan(0, _heldCount));   // the byte begins something of its own and is read again
                _heldCount = 0;
                return;
            }
            _heldCount++;
            bytes = bytes[1..];
            if (status == OperationStatus.Done)
            {
                Append(units[..rune.EncodeToUtf16(units)]);
                _heldCount = 0;
            }
        }
    }

    void Replace(ReadOnlySpan<byte> bad)
    {
        Append("\uFFFD");
        if (_bad.Length - _badCount < bad.Length)
            Array.Resize(ref _bad, Math.Max(16, 2 * (_badCount + bad.Length)));
        bad.CopyTo(_bad.AsSpan(_badCount));
        _badCount += bad.Length;
    }

    // A byte gives at most one UTF-16 unit.
    void Grow(int count)
    {
        char[] chars = ArrayPool<char>.Shared.Rent(Math.Max(2 * _chars.Length, _length + count + 1));
        Text.CopyTo(chars);
        Release();
        (_chars, _isRented) = (chars, true);
    }
}
