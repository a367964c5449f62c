using System.Buffers;
using System.Text.Unicode;

namespace Chorale.Tokenization;

/// <summary>Turns ids into text one by one; a character whose bytes are split over tokens comes with its last one.</summary>
/// <remarks>
/// What it gives adds up to <see cref="Tokenizer.DecodeLossy"/> of the same ids: unknown ids and bad bytes become U+FFFD.
/// Allocates nothing after it is made. For one thread at a time.
/// </remarks>
public sealed class IncrementalDecoder
{
    const int MaxHeld = 3;   // a character has at most four bytes
    const byte UnknownByte = 0xFF;   // never valid in UTF-8

    readonly Tokenizer _tokenizer;
    readonly byte[] _bytes;
    int _held;

    public IncrementalDecoder(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        MaxChars = MaxHeld + Math.Max(1, tokenizer.MaxTokenBytes);
        _bytes = new byte[MaxChars];
    }

    /// <summary>The most characters that one call gives.</summary>
    public int MaxChars { get; }

    /// <summary>Whether bytes of an unfinished character are held back.</summary>
    public bool HoldsBack => _held > 0;

    /// <summary>Takes the next id and gives the text that is complete with it, often one token's, sometimes none.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="destination">At least <see cref="MaxChars"/> characters.</param>
    /// <returns>How many characters were written.</returns>
    /// <exception cref="ArgumentException">The destination is too short; the id is not taken.</exception>
    public int Append(int id, Span<char> destination)
    {
        if (destination.Length < MaxChars)
            throw new ArgumentException($"The destination has {destination.Length} characters, not the {MaxChars} that one token may need.", nameof(destination));
        int length = _held;
        if (_tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
        {
            bytes.CopyTo(_bytes.AsSpan(length));
            length += bytes.Length;
        }
        else
        {
            _bytes[length++] = UnknownByte;
        }
        Utf8.ToUtf16(_bytes.AsSpan(0, length), destination, out int read, out int written, replaceInvalidSequences: true, isFinalBlock: false);
        _held = length - read;
        _bytes.AsSpan(read, _held).CopyTo(_bytes);
        return written;
    }

    /// <summary>As <see cref="Append(int, Span{char})"/>, into a buffer that grows.</summary>
    public void Append(int id, IBufferWriter<char> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Advance(Append(id, destination.GetSpan(MaxChars)));
    }

    /// <summary>Ends the text: bytes still held back become one U+FFFD. The decoder is then as new.</summary>
    /// <param name="destination">At least one character.</param>
    /// <returns>How many characters were written: 0 or 1.</returns>
    public int Flush(Span<char> destination)
    {
        if (_held == 0)
            return 0;
        destination[0] = '\uFFFD';
        _held = 0;
        return 1;
    }

    /// <summary>As <see cref="Flush(Span{char})"/>, into a buffer that grows.</summary>
    public void Flush(IBufferWriter<char> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Advance(Flush(destination.GetSpan(1)));
    }

    /// <summary>Forgets what is held back, for a new text.</summary>
    public void Reset() => _held = 0;
}
