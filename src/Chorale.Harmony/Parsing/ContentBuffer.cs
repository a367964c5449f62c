using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Unicode;

namespace Chorale.Harmony;

/// <summary>
/// The content of the current message, made of tokens whose bytes need not end where a character does. It grows by what
/// each token adds, so that reading the content or the last delta costs nothing.
/// </summary>
/// <remarks>
/// The official rules: a token's bytes join those held back. If all is valid it is the delta. Otherwise the valid start
/// is, then at most one bad sequence becomes U+FFFD, and the rest, valid or not, is held back until the next token; a
/// character that is cut off at the end is held back as it is. An unknown id blocks the message: it and everything after
/// it are a single U+FFFD. What is held back at the end is added, with U+FFFD for what is bad, and was never a delta.
/// </remarks>
sealed class ContentBuffer(int capacity)
{
    char[] _chars = new char[capacity];
    int _length;
    int _deltaStart;
    byte[] _held = new byte[16];
    int _heldStart;
    int _heldEnd;
    bool _isBlocked;

    /// <summary>The content so far, without what is held back; valid until the next call.</summary>
    public ReadOnlySpan<char> Text => _chars.AsSpan(0, _length);

    /// <summary>What the last token added; valid until the next call.</summary>
    public ReadOnlySpan<char> Delta => _chars.AsSpan(_deltaStart, _length - _deltaStart);

    /// <summary>Whether the last token added anything; what a blocked message takes in adds nothing.</summary>
    public bool HasDelta { get; private set; }

    /// <summary>Takes a token's bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _deltaStart = _length;
        if (_isBlocked)
        {
            HasDelta = false;
            return;
        }
        bool isHeld = _heldStart < _heldEnd;
        if (isHeld)
            bytes = Hold(bytes);
        if (_chars.Length - _length <= bytes.Length)
            Grow(bytes.Length);
        OperationStatus status = Utf8.ToUtf16(bytes, _chars.AsSpan(_length), out int read, out int written, replaceInvalidSequences: false, isFinalBlock: false);
        _length += written;
        if (status == OperationStatus.Done)
        {
            _heldStart = _heldEnd = 0;
            HasDelta = true;
            return;
        }
        read += status == OperationStatus.InvalidData ? Replace(bytes[read..]) : 0;
        HasDelta = _length > _deltaStart;
        if (isHeld)
            _heldStart += read;
        else
            Hold(bytes[read..]);
    }

    /// <summary>Takes an id that the vocabulary does not know.</summary>
    public void Block()
    {
        _isBlocked = true;
        _deltaStart = _length;
        HasDelta = false;
    }

    /// <summary>Gives the whole text and empties the buffer for the next message.</summary>
    public string Finish()
    {
        string text = new(Text);
        if (_isBlocked)
            text += "\uFFFD";
        if (_heldStart < _heldEnd)
            text += Encoding.UTF8.GetString(_held, _heldStart, _heldEnd - _heldStart);
        _length = _deltaStart = _heldStart = _heldEnd = 0;
        _isBlocked = false;
        HasDelta = false;
        return text;
    }

    /// <summary>Writes U+FFFD for the bad sequence at the start; its length, 1 to 3 bytes.</summary>
    int Replace(ReadOnlySpan<byte> bytes)
    {
        OperationStatus status = Rune.DecodeFromUtf8(bytes, out _, out int length);
        Debug.Assert(status == OperationStatus.InvalidData, "The transcoder stopped at a valid character.");
        _chars[_length++] = '\uFFFD';
        return length;
    }

    ReadOnlySpan<byte> Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held.Length - _heldEnd < bytes.Length)
        {
            int kept = _heldEnd - _heldStart;
            byte[] target = kept + bytes.Length > _held.Length / 2 ? new byte[Math.Max(2 * _held.Length, 2 * (kept + bytes.Length))] : _held;
            _held.AsSpan(_heldStart, kept).CopyTo(target);
            (_held, _heldStart, _heldEnd) = (target, 0, kept);
        }
        bytes.CopyTo(_held.AsSpan(_heldEnd));
        _heldEnd += bytes.Length;
        return _held.AsSpan(_heldStart, _heldEnd - _heldStart);
    }

    // A byte gives at most one UTF-16 unit, and a bad sequence one more than was written.
    void Grow(int byteCount) => Array.Resize(ref _chars, Math.Max(2 * _chars.Length, _length + byteCount + 1));
}
