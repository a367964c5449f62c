using System.IO.Compression;
using System.Text.Json;

namespace Chorale.Server;

/// <summary>Events as bytes: the JSON of each on a line.</summary>
static class EventLines
{
    const byte LineFeed = (byte)'\n';

    public static byte[] Pack(IReadOnlyList<StoredEvent> events)
    {
        byte[] lines = new byte[events.Sum(stored => stored.Json.Length + 1)];
        int at = 0;
        foreach (StoredEvent stored in events)
        {
            stored.Json.Span.CopyTo(lines.AsSpan(at));
            at += stored.Json.Length;
            lines[at++] = LineFeed;
        }
        return lines;
    }

    /// <summary>Adds the events of packed lines behind a sequence number.</summary>
    /// <exception cref="JsonException">Not what <see cref="Pack"/> makes.</exception>
    public static void Unpack(ReadOnlyMemory<byte> lines, int after, List<StoredEvent> events)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.Span.IndexOf(LineFeed);
            ReadOnlyMemory<byte> line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            StoredEvent stored = Read(line);
            if (stored.Sequence > after)
                events.Add(stored);
        }
    }

    public static byte[] Compress(byte[] lines)
    {
        using MemoryStream compressed = new();
        using (DeflateStream deflate = new(compressed, CompressionLevel.Fastest))
            deflate.Write(lines);
        return compressed.ToArray();
    }

    public static byte[] Decompress(byte[] compressed, int length)
    {
        byte[] lines = new byte[length];
        using DeflateStream inflate = new(new MemoryStream(compressed), CompressionMode.Decompress);
        inflate.ReadExactly(lines);
        return lines;
    }

    /// <summary>Every event begins with its type and its number.</summary>
    static StoredEvent Read(ReadOnlyMemory<byte> line)
    {
        Utf8JsonReader reader = new(line.Span);
        string? type = null;
        int? sequence = null;
        while (reader.Read() && (type is null || sequence is null))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.ValueTextEquals("type"u8) && reader.Read())
                type = reader.GetString();
            else if (reader.ValueTextEquals("sequence_number"u8) && reader.Read())
                sequence = reader.GetInt32();
        }
        return type is not null && sequence is { } number ? new(number, type, line) : throw new JsonException("A stored event has no type or no number.");
    }
}
