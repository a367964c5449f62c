using System.Buffers.Binary;
using System.Text;

namespace Chorale.Inference.Tests;

/// <summary>Spoils small models of all layouts: every byte of every head, every length, then anything at random.</summary>
sealed class ModelMutator
{
    static readonly byte[] Flips = [0x01, 0x20, 0x80, 0xFF];

    static readonly string[] Scraps =
    [
        "0", "-1", "1e9", "1.5", "9223372036854775807", "18446744073709551616", "1e400", "null", "true", "[]", "{}", "[[[[", "\"\"", "\"\\ud800\"", "\"a\":", ",", "}", "{",
        "\"BF16\"", "\"U8\"", "\"F4\"", "\"yarn\"", "\"longrope\"", "\"model.safetensors\"", "\"../config.json\"", "[0,0]", "[9223372036854775807,9223372036854775807]", "\u0000", "\u00e9", "//",
    ];

    readonly Base[] _bases;
    readonly long[] _ends;    // of each base's systematic cases, all together
    readonly int _seed;

    /// <summary>A model that is right, and how to open it.</summary>
    sealed record Base(string Name, MemoryFolder Folder, string? Entry, (string File, int Head)[] Heads)
    {
        public long FlipCount => Heads.Sum(head => (long)head.Head) * Flips.Length;

        public long CutCount => Heads.Sum(head => (long)Folder[head.File].Length);
    }

    public ModelMutator(int seed)
    {
        _seed = seed;
        MemoryFolder whole = new("whole") { ["tiny.gguf"] = new TinyModel().ToBytes() };
        _bases =
        [
            Make("gguf", whole, "tiny.gguf"),
            Make("split gguf", new TinyModel().ToParts(3), "tiny-00001-of-00003.gguf"),
            Make("hugging face", TinyFolder.HuggingFace(), null),
            Make("hugging face, sharded", TinyFolder.HuggingFace(shards: 3), null),
            Make("openai", TinyFolder.OpenAI(), null),
        ];
        _ends = new long[_bases.Length];
        long end = 0;
        for (int i = 0; i < _bases.Length; i++)
            _ends[i] = end += _bases[i].FlipCount + _bases[i].CutCount;
    }

    /// <summary>How many cases come before the random ones.</summary>
    public long SystematicCount => _ends[^1];

    /// <summary>A spoilt model; the same for the same seed and number.</summary>
    /// <param name="index">From 0; from <see cref="SystematicCount"/> on random.</param>
    public (MemoryFolder Folder, string? Entry, string What) Case(long index)
    {
        for (int i = 0; i < _bases.Length; i++)
        {
            if (index < _ends[i])
                return Systematic(_bases[i], index - (i == 0 ? 0 : _ends[i - 1]));
        }
        Random random = new(unchecked((_seed * 0x2545F49) + (int)(index * 0x9E3779B1)));
        Base chosen = _bases[random.Next(_bases.Length)];
        MemoryFolder folder = chosen.Folder.Copy();
        StringBuilder what = new(chosen.Name);
        for (int edits = random.Next(4) == 0 ? random.Next(2, 5) : 1; edits > 0; edits--)
            what.Append(", ").Append(Spoil(folder, chosen, random));
        return (folder, chosen.Entry, what.ToString());
    }

    static Base Make(string name, MemoryFolder folder, string? entry) =>
        new(name, folder, entry, [.. folder.Names.Select(file => (file, HeadOf(file, folder[file])))]);

    static int HeadOf(string name, byte[] bytes)
    {
        if (name.EndsWith(".json", StringComparison.Ordinal))
            return bytes.Length;
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            return sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using CheckpointFile file = new(name, bytes);
        return (int)GgufHeader.Read(file).Tensors.Min(tensor => tensor.Offset);
    }

    static (MemoryFolder Folder, string? Entry, string What) Systematic(Base chosen, long index)
    {
        MemoryFolder folder = chosen.Folder.Copy();
        bool isCut = index >= chosen.FlipCount;
        if (isCut)
            index -= chosen.FlipCount;
        foreach ((string file, int head) in chosen.Heads)
        {
            byte[] bytes = folder[file];
            long count = isCut ? bytes.Length : (long)head * Flips.Length;
            if (index >= count)
            {
                index -= count;
                continue;
            }
            if (isCut)
            {
                folder[file] = bytes[..(int)index];
                return (folder, chosen.Entry, $"{chosen.Name}, {file} cut off at {index}");
            }
            int at = (int)(index / Flips.Length);
            byte flip = Flips[index % Flips.Length];
            folder[file] = [.. bytes];
            folder[file][at] ^= flip;
            return (folder, chosen.Entry, $"{chosen.Name}, {file} byte {at} flipped by {flip:x2}");
        }
        throw new ArgumentOutOfRangeException(nameof(index));
    }

    static string Spoil(MemoryFolder folder, Base chosen, Random random)
    {
        string[] names = [.. folder.Names];
        string name = names[random.Next(names.Length)];
        byte[] bytes = folder[name];
        switch (random.Next(12))
        {
            case 0 when names.Length > 1 && name != chosen.Entry:
                folder.Remove(name);
                return $"{name} gone";
            case 1 when names.Length > 1:
                string other = names[random.Next(names.Length)];
                (folder[name], folder[other]) = (folder[other], folder[name]);
                return $"{name} and {other} exchanged";
            case 2:
                int length = random.Next(bytes.Length + 1);
                folder[name] = bytes[..length];
                return $"{name} cut off at {length}";
            case 3:
                byte[] more = new byte[random.Next(1, 100)];
                random.NextBytes(more);
                folder[name] = [.. bytes, .. more];
                return $"{name} longer by {more.Length}";
            default:
                bytes = [.. bytes];
                int head = HeadNow(name, bytes);
                string what = name.EndsWith(".gguf", StringComparison.Ordinal) || random.Next(4) == 0 ? Overwrite(bytes, head, random) : EditJson(ref bytes, name, head, random);
                folder[name] = bytes;
                return $"{name} {what}";
        }
    }

    /// <summary>Where the head ends as far as one can still tell.</summary>
    static int HeadNow(string name, byte[] bytes)
    {
        long length = name.EndsWith(".safetensors", StringComparison.Ordinal) && bytes.Length >= sizeof(long)
            ? unchecked(sizeof(long) + BinaryPrimitives.ReadInt64LittleEndian(bytes)) : name.EndsWith(".gguf", StringComparison.Ordinal) ? 3600 : bytes.Length;
        return (int)Math.Clamp(length, 0, bytes.Length);
    }

    /// <summary>A byte or a number of the head becomes another.</summary>
    static string Overwrite(byte[] bytes, int head, Random random)
    {
        if (head < sizeof(ulong))
            return "as it was";
        int at = random.Next(head - sizeof(ulong) + 1);
        ulong value = random.Next(6) switch
        {
            0 => (ulong)random.Next(300),
            1 => (ulong)(bytes.Length + random.Next(-2, 3)),
            2 => ulong.MaxValue >> random.Next(64),
            3 => 1UL << random.Next(64),
            4 => unchecked(0UL - (ulong)random.Next(300)),
            _ => (ulong)random.NextInt64(),
        };
        switch (random.Next(3))
        {
            case 0: bytes[at] = (byte)value; break;
            case 1: BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)value); break;
            default: BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value); break;
        }
        return $"overwritten at {at} by {value}";
    }

    /// <summary>A piece of the JSON goes, comes twice, moves, or becomes another; mostly the length of a safetensors header follows.</summary>
    static string EditJson(ref byte[] bytes, string name, int head, Random random)
    {
        bool isHeader = name.EndsWith(".safetensors", StringComparison.Ordinal);
        int begin = isHeader ? Math.Min(sizeof(long), bytes.Length) : 0;
        string json = Encoding.UTF8.GetString(bytes, begin, Math.Max(0, head - begin));
        (int start, int length) = Piece(json, random);
        (int otherStart, int otherLength) = Piece(json, random);
        string insert = random.Next(5) switch
        {
            0 => "",
            1 => Scraps[random.Next(Scraps.Length)],
            2 => string.Concat(json.AsSpan(start, length), json.AsSpan(start, length)),
            3 => random.Next(1 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => json.Substring(otherStart, otherLength),
        };
        string edited = string.Concat(json.AsSpan(0, start), insert, json.AsSpan(start + length));
        byte[] text = Encoding.UTF8.GetBytes(edited);
        byte[] result = [.. bytes.AsSpan(0, begin), .. text, .. bytes.AsSpan(Math.Max(head, begin))];
        if (isHeader && begin == sizeof(long) && random.Next(8) > 0)
            BinaryPrimitives.WriteInt64LittleEndian(result, text.Length);
        bytes = result;
        return $"'{json.Substring(start, length)}' at {start} becomes '{insert}'";
    }

    /// <summary>A string, a number or an entry, as a rough eye sees them.</summary>
    static (int Start, int Length) Piece(string json, Random random)
    {
        if (json.Length == 0)
            return (0, 0);
        int at = random.Next(json.Length), start = at, end = at;
        ReadOnlySpan<char> stops = random.Next(3) switch { 0 => ",{}[]", 1 => "\":, []{}", _ => "{}" };
        while (start > 0 && !stops.Contains(json[start - 1]))
            start--;
        while (end < json.Length && !stops.Contains(json[end]))
            end++;
        return (start, end - start);
    }
}
