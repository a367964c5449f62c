using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Chorale.TestKit;

/// <summary>Writes safetensors files: small models for tests.</summary>
public sealed class SafetensorsWriter
{
    readonly List<(string Name, string Dtype, long[] Shape, byte[] Data)> _tensors = [];

    /// <summary>Adds a tensor; its data follow those of the one before.</summary>
    public SafetensorsWriter Add(string name, string dtype, long[] shape, byte[] data)
    {
        _tensors.Add((name, dtype, shape, data));
        return this;
    }

    /// <summary>The whole file.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream data = new();
        StringBuilder header = new("{\"__metadata__\":{\"format\":\"pt\"}");
        foreach ((string name, string dtype, long[] shape, byte[] bytes) in _tensors)
        {
            header.Append(System.Globalization.CultureInfo.InvariantCulture,
                $",{JsonSerializer.Serialize(name)}:{{\"dtype\":\"{dtype}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{data.Length},{data.Length + bytes.Length}]}}");
            data.Write(bytes);
        }
        header.Append('}').Append(' ', (8 - ((header.Length + 1) % 8)) % 8);
        return Join(header.ToString(), data.ToArray());
    }

    /// <summary>A file of any header, right or wrong.</summary>
    public static byte[] Join(string header, ReadOnlySpan<byte> data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), file = new byte[sizeof(ulong) + json.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, sizeof(ulong));
        data.CopyTo(file.AsSpan(sizeof(ulong) + json.Length));
        return file;
    }
}
