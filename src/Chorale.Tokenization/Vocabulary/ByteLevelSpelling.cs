namespace Chorale.Tokenization;

/// <summary>The spelling of bytes as visible characters that <c>tokenizer.json</c> and GGUF files use: a space is <c>Ġ</c>.</summary>
/// <remarks>
/// The bytes 33–126, 161–172 and 174–255 stand for themselves as Latin-1; the others, in order, are U+0100 to U+0143.
/// Source: the encoder of GPT-2.
/// </remarks>
static class ByteLevelSpelling
{
    static readonly char[] CharOfByte = Spell();
    static readonly short[] ByteOfChar = Invert();

    /// <summary>The bytes that are spelled; false where a character spells none.</summary>
    /// <param name="text">One character a byte.</param>
    /// <param name="bytes">Takes them, at least as many as there are characters.</param>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] >= ByteOfChar.Length || ByteOfChar[text[i]] < 0)
                return false;
            bytes[i] = (byte)ByteOfChar[text[i]];
        }
        return true;
    }

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        char[] text = new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            text[i] = CharOfByte[bytes[i]];
        return new string(text);
    }

    static char[] Spell()
    {
        char[] chars = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
            chars[value] = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)value : next++;
        return chars;
    }

    static short[] Invert()
    {
        short[] bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
            bytes[CharOfByte[value]] = (short)value;
        return bytes;
    }
}
