using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>Unsigned numbers in groups of seven bits, lowest first; the embedded data's only number format.</summary>
static class Leb128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> source, ref int position)
    {
        int value = 0;
        int shift = 0;
        int group;
        do
        {
            group = source[position++];
            value |= (group & 0x7F) << shift;
            shift += 7;
        }
        while (group >= 0x80);
        return value;
    }

    public static void Write(Stream destination, int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
            destination.WriteByte((byte)(rest | 0x80));
        destination.WriteByte((byte)rest);
    }
}
