using System.Buffers.Binary;
using System.Collections.ObjectModel;
using System.Numerics;

namespace Chorale.Inference;

/// <summary>The head of a GGUF file: metadata and the list of tensors, checked against the file's length.</summary>
/// <remarks>Source: the GGUF specification, version 3 (<c>ggml/docs/gguf.md</c>).</remarks>
sealed class GgufHeader
{
    const int MaxDimensions = 4;
    const int DefaultAlignment = 32;
    const int MaxAlignment = 1 << 20;
    const string AlignmentKey = "general.alignment";

    // A key or tensor of one letter, and the smallest value or shape: what a count is held against.
    const int LeastBytesOfKey = 8 + 1 + 4 + 1;
    const int LeastBytesOfTensor = 8 + 1 + 4 + 8 + 4 + 8;

    enum ValueType
    {
        UInt8, Int8, UInt16, Int16, UInt32, Int32, Float32, Bool, String, Array, UInt64, Int64, Float64,
    }

    readonly long _fileLength;
    readonly int _file;
    readonly OrderedDictionary<string, object> _metadata = [];
    readonly List<TensorInfo> _tensors = [];

    GgufHeader(string path, long fileLength, int file) => (Path, _fileLength, _file) = (path, fileLength, file);

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    public CheckpointMetadata Metadata => field ??= new(Path, _metadata);

    public ReadOnlyCollection<TensorInfo> Tensors => _tensors.AsReadOnly();

    /// <summary>Reads and checks the head; nothing of the file is kept.</summary>
    /// <param name="file">The file.</param>
    /// <param name="index">Which file of the checkpoint it is.</param>
    public static GgufHeader Read(CheckpointFile file, int index = 0)
    {
        GgufHeader header = new(file.Path, file.Length, index);
        GgufCursor cursor = new(file.Head, file.Path);
        header.ReadAll(ref cursor);
        return header;
    }

    void ReadAll(ref GgufCursor cursor)
    {
        CheckMagicAndVersion(ref cursor);
        int tensorCount = cursor.ReadCount("tensors", LeastBytesOfTensor);
        int keyCount = cursor.ReadCount("keys", LeastBytesOfKey);
        for (int i = 0; i < keyCount; i++)
            ReadKey(ref cursor, i);

        int alignment = Alignment();
        List<TensorInfo> relative = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < tensorCount; i++)
            relative.Add(ReadTensor(ref cursor, i, names));

        long dataStart = ((long)cursor.Position + alignment - 1) / alignment * alignment;
        foreach (TensorInfo tensor in relative)
            _tensors.Add(Place(tensor, dataStart, alignment));
        CheckOverlaps();
    }

    void CheckMagicAndVersion(ref GgufCursor cursor)
    {
        ReadOnlySpan<byte> magic = cursor.Take(4);
        if (!magic.SequenceEqual("GGUF"u8))
            throw new CheckpointFormatException(Path, null, $"not a GGUF file: it begins with {Convert.ToHexString(magic)}, expected 47475546 ('GGUF').");
        uint version = cursor.ReadUInt32();
        if (version == 3)
            return;
        bool bigEndian = BinaryPrimitives.ReverseEndianness(version) is >= 1 and <= 3;
        throw new CheckpointFormatException(Path, null,
            bigEndian ? "a big-endian GGUF file, expected little-endian." : $"GGUF version {version}, expected version 3.");
    }

    void ReadKey(ref GgufCursor cursor, int index)
    {
        cursor.Place = $"key {index}";
        string key = cursor.ReadString();
        if (key.Length == 0)
            throw cursor.Error("found an empty name.");
        cursor.Place = $"key '{key}'";
        ValueType type = (ValueType)cursor.ReadUInt32();
        object value = type == ValueType.Array ? ReadArray(ref cursor) : ReadValue(ref cursor, type);
        if (!_metadata.TryAdd(key, value))
            throw cursor.Error("found twice.");
    }

    static object ReadValue(ref GgufCursor cursor, ValueType type) => type switch
    {
        ValueType.UInt8 => cursor.ReadByte(),
        ValueType.Int8 => (sbyte)cursor.ReadByte(),
        ValueType.UInt16 => cursor.ReadUInt16(),
        ValueType.Int16 => (short)cursor.ReadUInt16(),
        ValueType.UInt32 => cursor.ReadUInt32(),
        ValueType.Int32 => (int)cursor.ReadUInt32(),
        ValueType.UInt64 => cursor.ReadUInt64(),
        ValueType.Int64 => (long)cursor.ReadUInt64(),
        ValueType.Float32 => cursor.ReadSingle(),
        ValueType.Float64 => cursor.ReadDouble(),
        ValueType.Bool => cursor.ReadBoolean(),
        ValueType.String => cursor.ReadString(),
        _ => throw cursor.Error($"found value type {(uint)type}, expected 0 to 12."),
    };

    static object ReadArray(ref GgufCursor cursor)
    {
        ValueType type = (ValueType)cursor.ReadUInt32();
        switch (type)
        {
            case ValueType.UInt8: return ReadList(ref cursor, 1, static (ref c) => c.ReadByte());
            case ValueType.Int8: return ReadList(ref cursor, 1, static (ref c) => (sbyte)c.ReadByte());
            case ValueType.UInt16: return ReadList(ref cursor, 2, static (ref c) => c.ReadUInt16());
            case ValueType.Int16: return ReadList(ref cursor, 2, static (ref c) => (short)c.ReadUInt16());
            case ValueType.UInt32: return ReadList(ref cursor, 4, static (ref c) => c.ReadUInt32());
            case ValueType.Int32: return ReadList(ref cursor, 4, static (ref c) => (int)c.ReadUInt32());
            case ValueType.UInt64: return ReadList(ref cursor, 8, static (ref c) => c.ReadUInt64());
            case ValueType.Int64: return ReadList(ref cursor, 8, static (ref c) => (long)c.ReadUInt64());
            case ValueType.Float32: return ReadList(ref cursor, 4, static (ref c) => c.ReadSingle());
            case ValueType.Float64: return ReadList(ref cursor, 8, static (ref c) => c.ReadDouble());
            case ValueType.Bool: return ReadList(ref cursor, 1, static (ref c) => c.ReadBoolean());
            case ValueType.String: return cursor.ReadStrings(cursor.ReadCount("strings", Utf8StringList.LengthBytes));
            case ValueType.Array: throw cursor.Error("found an array of arrays, which no gpt-oss file has.");
            default: throw cursor.Error($"found an array of value type {(uint)type}, expected 0 to 12.");
        }
    }

    delegate T ElementReader<out T>(ref GgufCursor cursor);

    static ReadOnlyCollection<T> ReadList<T>(ref GgufCursor cursor, int elementBytes, ElementReader<T> read)
    {
        T[] list = new T[cursor.ReadCount("elements", elementBytes)];
        for (int i = 0; i < list.Length; i++)
            list[i] = read(ref cursor);
        return Array.AsReadOnly(list);
    }

    int Alignment()
    {
        int alignment = Metadata.Get(AlignmentKey, DefaultAlignment);
        return alignment is > 0 and <= MaxAlignment && BitOperations.IsPow2(alignment) ? alignment
            : throw new CheckpointFormatException(Path, $"key '{AlignmentKey}'", $"found {alignment}, expected a power of two of at most {MaxAlignment}.");
    }

    /// <summary>Reads one entry of the tensor list; its offset still counts from the beginning of the data.</summary>
    TensorInfo ReadTensor(ref GgufCursor cursor, int index, HashSet<string> names)
    {
        cursor.Place = $"tensor {index}";
        string name = cursor.ReadString();
        if (name.Length == 0)
            throw cursor.Error("found an empty name.");
        cursor.Place = $"tensor '{name}'";
        if (!names.Add(name))
            throw cursor.Error("found twice.");

        uint dimensions = cursor.ReadUInt32();
        if (dimensions is 0 or > MaxDimensions)
            throw cursor.Error($"found {dimensions} dimensions, expected 1 to {MaxDimensions}.");
        ulong[] sizes = new ulong[dimensions];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = cursor.ReadUInt64();

        TensorType type = (TensorType)cursor.ReadUInt32();
        if (!TensorTypes.TryGetBlock(type, out TensorTypes.Block block))
            throw cursor.Error($"found the unknown tensor type {(uint)type}.");
        long byteCount = ByteCount(cursor, sizes, type, block);

        ulong offset = cursor.ReadUInt64();
        if (offset > (ulong)_fileLength)
            throw cursor.Error($"found offset {offset} into the data, the file has {_fileLength} bytes.");
        return new(name, type, Array.AsReadOnly(Array.ConvertAll(sizes, size => (long)size).Reverse().ToArray()), (long)offset, byteCount) { File = _file };
    }

    long ByteCount(GgufCursor cursor, ulong[] sizes, TensorType type, TensorTypes.Block block)
    {
        UInt128 elements = 1;
        foreach (ulong size in sizes)
        {
            // A block of any type stores at most eight elements a byte, so this bound keeps the product far from overflow too.
            if (size == 0 || (elements *= size) > (UInt128)_fileLength * 8)
                throw cursor.Error($"found shape [{string.Join(", ", sizes.Reverse())}], which no file of {_fileLength} bytes holds.");
        }
        if (sizes[0] % (ulong)block.Elements != 0)
            throw cursor.Error($"found rows of {sizes[0]} elements, expected a multiple of {block.Elements} for {type}.");
        return (long)(elements / (UInt128)block.Elements) * block.Bytes;
    }

    TensorInfo Place(TensorInfo tensor, long dataStart, int alignment)
    {
        if (tensor.Offset % alignment != 0)
            throw new CheckpointFormatException(Path, $"tensor '{tensor.Name}'", $"found offset {tensor.Offset} into the data, expected a multiple of {alignment}.");
        long offset = dataStart + tensor.Offset;
        return tensor.ByteCount <= _fileLength - offset ? tensor with { Offset = offset }
            : throw new CheckpointFormatException(Path, $"tensor '{tensor.Name}'", $"cut off: {tensor.ByteCount} bytes are needed at offset {offset}, the file has {_fileLength}.");
    }

    void CheckOverlaps()
    {
        TensorInfo? before = null;
        foreach (TensorInfo tensor in _tensors.OrderBy(t => t.Offset))
        {
            if (before is not null && tensor.Offset < before.Offset + before.ByteCount)
                throw new CheckpointFormatException(Path, $"tensor '{tensor.Name}'", $"overlaps tensor '{before.Name}' at offset {tensor.Offset}.");
            before = tensor;
        }
    }
}
