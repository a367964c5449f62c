using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Chorale.Inference;

/// <summary>Reads the head of a GGUF file in order; every read is checked against what is left of the file.</summary>
/// <param name="bytes">The file, or its first 2 GiB.</param>
/// <param name="path">For messages.</param>
ref struct GgufCursor(ReadOnlySpan<byte> bytes, string path)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>What is being read, for messages: <c>key 'general.type'</c>.</summary>
    public string? Place { get; set; }

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public bool ReadBoolean() => ReadByte() switch
    {
        0 => false,
        1 => true,
        byte other => throw Error($"found {other} for a bool, expected 0 or 1."),
    };

    public string ReadString()
    {
        ReadOnlySpan<byte> text = Take(ReadUInt64());
        CheckUtf8(text);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>A count of things that take at least <paramref name="leastBytes"/> each: more than the rest of the file could hold is refused.</summary>
    public int ReadCount(string what, int leastBytes)
    {
        ulong count = ReadUInt64();
        return count <= (ulong)(Remaining / leastBytes) ? (int)count
            : throw Error($"found a count of {count} {what}, expected at most {Remaining / leastBytes}: {Remaining} bytes are left.");
    }

    public Utf8StringList ReadStrings(int count)
    {
        int begin = Position;
        int[] ends = new int[count];
        for (int i = 0; i < ends.Length; i++)
        {
            CheckUtf8(Take(ReadUInt64()));
            ends[i] = Position - begin;
        }
        return new(_bytes[begin..Position].ToArray(), ends);
    }

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)Remaining)
            ThrowTruncated(count);
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public readonly CheckpointFormatException Error(string problem) => new(path, Place, problem);

    readonly void CheckUtf8(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
            throw Error("found a string that is not UTF-8.");
    }

    [DoesNotReturn]
    readonly void ThrowTruncated(ulong count) =>
        throw Error($"cut off: {count} bytes are needed at offset {Position}, the file ends after {Remaining} of them.");
}
