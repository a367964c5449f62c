using System.Buffers.Binary;
using System.Text.Json;

namespace Chorale.Inference;

/// <summary>The head of a safetensors file: its list of tensors, checked against the file's length.</summary>
/// <remarks>
/// Source: the specification of safetensors. Eight bytes with the length of the header, the header as JSON, which blanks may follow, then the
/// data, which the tensors fill without overlap or hole from the first byte to the last.
/// </remarks>
static class SafetensorsHeader
{
    const int LengthBytes = sizeof(ulong);

    // That of the format's own implementation.
    const int MaxHeaderBytes = 100_000_000;

    const int MaxDimensions = 8;

    /// <summary>Reads and checks the head; nothing of the file is kept.</summary>
    /// <param name="file">The file.</param>
    /// <param name="index">Which file of the checkpoint it is.</param>
    /// <param name="tensors">Takes its tensors, in the order of their data.</param>
    public static void Read(CheckpointFile file, int index, List<TensorInfo> tensors)
    {
        JsonCursor json = new(Json(file), file.Path) { Place = "header" };
        long dataStart = LengthBytes + BinaryPrimitives.ReadInt64LittleEndian(file.Head);
        List<TensorInfo> found = [];
        bool hasMetadata = false;
        json.Read(JsonTokenType.StartObject);
        while (json.ReadName())
        {
            if (!json.Is("__metadata__"u8))
                found.Add(ReadTensor(ref json, dataStart, file.Length, index));
            else if (hasMetadata)
                throw json.Error("found '__metadata__' twice.");
            else
                hasMetadata = CheckMetadata(ref json);
            json.Place = "header";
        }
        json.ReadEnd();
        CheckCover(found, dataStart, file);
        tensors.AddRange(found);
    }

    static ReadOnlySpan<byte> Json(CheckpointFile file)
    {
        if (file.Length < LengthBytes)
            throw new CheckpointFormatException(file.Path, "header", $"cut off: {LengthBytes} bytes are needed for its length, the file has {file.Length}.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Head);
        if (length > MaxHeaderBytes || length > (ulong)(file.Length - LengthBytes))
            throw new CheckpointFormatException(file.Path, "header", $"found a length of {length}, expected at most {Math.Min(MaxHeaderBytes, file.Length - LengthBytes)}.");
        ReadOnlySpan<byte> json = file.Span(LengthBytes, (int)length);
        return json is [(byte)'{', ..] ? json
            : throw new CheckpointFormatException(file.Path, "header", $"not a safetensors file: its header begins with {Convert.ToHexString(json[..Math.Min(json.Length, 4)])}, expected 7B ('{{').");
    }

    /// <summary>Free text of whoever wrote the file: names and strings.</summary>
    static bool CheckMetadata(ref JsonCursor json)
    {
        json.Place = "key '__metadata__'";
        json.Read(JsonTokenType.StartObject);
        while (json.ReadName())
        {
            if (json.Read() != JsonTokenType.String)
                throw json.Unexpected("a string");
        }
        return true;
    }

    static TensorInfo ReadTensor(ref JsonCursor json, long dataStart, long fileLength, int index)
    {
        string name = json.Text();
        json.Place = $"tensor '{name}'";
        string? dtype = null;
        long[]? shape = null, offsets = null;
        json.Read(JsonTokenType.StartObject);
        while (json.ReadName())
        {
            if (json.Is("dtype"u8) && dtype is null)
            {
                json.Read();
                dtype = json.Text();
            }
            else if (json.Is("shape"u8) && shape is null)
            {
                shape = ReadNumbers(ref json);
            }
            else if (json.Is("data_offsets"u8) && offsets is null)
            {
                offsets = ReadNumbers(ref json);
            }
            else
            {
                throw json.Error($"found '{json.Text()}', expected 'dtype', 'shape' and 'data_offsets', each once.");
            }
        }
        if (dtype is null || shape is null || offsets is null)
            throw json.Error($"'{(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}' missing.");
        return Checked(json, name, dtype, shape, offsets, dataStart, fileLength, index);
    }

    static TensorInfo Checked(JsonCursor json, string name, string dtype, long[] shape, long[] offsets, long dataStart, long fileLength, int index)
    {
        if (!TensorTypes.TryParse(dtype, out TensorType type, out int bytes))
            throw json.Error($"found the unknown dtype '{dtype}'.");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            throw json.Error($"found data_offsets {ShapeText.Of(offsets)}, expected a beginning and an end.");
        if (offsets[1] > fileLength - dataStart)
            throw json.Error($"cut off: the data reaches to offset {offsets[1]}, the file has {fileLength - dataStart} bytes of data.");
        Int128 needed = bytes;
        foreach (long size in shape)
        {
            // A zero may follow, but no product on the way there may be more than a file could hold.
            if ((needed *= size) > long.MaxValue)
                throw json.Error($"found shape {ShapeText.Of(shape)}, which no file holds.");
        }
        long byteCount = offsets[1] - offsets[0];
        return byteCount == needed ? new(name, type, Array.AsReadOnly(shape), dataStart + offsets[0], byteCount) { File = index }
            : throw json.Error($"found {byteCount} bytes of data, expected {needed} for shape {ShapeText.Of(shape)} of {dtype}.");
    }

    static long[] ReadNumbers(ref JsonCursor json)
    {
        List<long> numbers = new(capacity: 4);
        json.Read(JsonTokenType.StartArray);
        while (json.Read() != JsonTokenType.EndArray)
        {
            if (numbers.Count == MaxDimensions)
                throw json.Error($"found more than {MaxDimensions} numbers in a list.");
            numbers.Add(json.Whole());
        }
        return [.. numbers];
    }

    /// <summary>Brings the tensors into the order of their data and checks that it has no overlap and no hole.</summary>
    static void CheckCover(List<TensorInfo> tensors, long dataStart, CheckpointFile file)
    {
        tensors.Sort(static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        long end = dataStart;
        for (int i = 0; i < tensors.Count; end = tensors[i].Offset + tensors[i].ByteCount, i++)
        {
            if (tensors[i].Offset == end)
                continue;
            string before = i == 0 ? "the beginning of the data" : $"tensor '{tensors[i - 1].Name}'";
            throw new CheckpointFormatException(file.Path, $"tensor '{tensors[i].Name}'", tensors[i].Offset < end
                ? $"overlaps {before} at offset {tensors[i].Offset - dataStart} of the data."
                : $"found a hole of {tensors[i].Offset - end} bytes between {before} and it, expected none.");
        }
        if (end != file.Length)
            throw new CheckpointFormatException(file.Path, "data", $"found {file.Length - end} bytes after the last tensor, expected none.");
    }
}
