using System.Text;

namespace Chorale.Tokenization;

/// <summary>How much of a text's splitting is sure while more of the text is to come.</summary>
static class StablePrefix
{
    /// <summary>What may come: a beginning of each kind that the rules of o200k tell apart.</summary>
    static readonly byte[][] Continuations =
        [.. ((string[])["a", "A", "Aa", "1", " ", " \n", "\n", "!", "/", "'", "s", "t", "m", "d", "e", "l", "re", "ve", "ll", "'s", "'ll", "é", "É", "Éa", "ǅ", "ǅa", "漢", "漢a", "ʰ", "\u0301", "\u0301a", "٣", "…", "\u00A0", "\u00A0\n"]).Select(Encoding.UTF8.GetBytes)];

    /// <summary>The number of bytes at the start of a text that are cut the same whatever follows.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="mayFollow">The bytes that may come next; none where the text ends.</param>
    /// <returns>The end of a piece, or 0.</returns>
    public static int Length(ReadOnlySpan<byte> text, Predicate<byte> mayFollow)
    {
        int stable = text.Length;
        byte[] longer = new byte[text.Length + Continuations.Max(continuation => continuation.Length)];
        text.CopyTo(longer);
        foreach (byte[] continuation in Continuations)
        {
            if (!MayFollow(continuation[0], mayFollow))
                continue;
            continuation.CopyTo(longer.AsSpan(text.Length));
            stable = Math.Min(stable, CommonEnd(text, longer.AsSpan(0, text.Length + continuation.Length)));
        }
        return stable;
    }

    /// <summary>A byte stands for its kind: beyond ASCII, and among digits, letters and signs, any of the kind will do.</summary>
    static bool MayFollow(byte first, Predicate<byte> mayFollow)
    {
        if (first is (byte)' ' or (byte)'\n' or (byte)'/' or (byte)'\'' || char.IsAsciiLetter((char)first))
            return mayFollow(first) || (first is (byte)'a' or (byte)'A' && Any(mayFollow, first, (byte)(first + 25))) || (first == '\n' && mayFollow((byte)'\r')) || (first == ' ' && mayFollow((byte)'\t'));
        if (first < 0x80)
            return char.IsAsciiDigit((char)first) ? Any(mayFollow, (byte)'0', (byte)'9') : AnySign(mayFollow);
        return Any(mayFollow, 0x80, 0xFF);
    }

    static bool Any(Predicate<byte> mayFollow, byte from, byte to)
    {
        for (int value = from; value <= to; value++)
        {
            if (mayFollow((byte)value))
                return true;
        }
        return false;
    }

    static bool AnySign(Predicate<byte> mayFollow)
    {
        for (int value = 0; value < 0x80; value++)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && !char.IsWhiteSpace((char)value) && mayFollow((byte)value))
                return true;
        }
        return false;
    }

    /// <summary>The last place at which both texts are cut, and before which they are cut alike.</summary>
    static int CommonEnd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> longer)
    {
        int end = 0;
        while (end < text.Length)
        {
            int next = O200kSplitter.FindEnd(text, end);
            if (O200kSplitter.FindEnd(longer, end) != next)
                return end;
            end = next;
        }
        return end;
    }
}
