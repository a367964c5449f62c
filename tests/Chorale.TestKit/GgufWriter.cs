using System.Buffers.Binary;
using System.Text;

namespace Chorale.TestKit;

/// <summary>Writes GGUF files, version 3: small models for tests, and big ones of random weights for benchmarks.</summary>
public sealed class GgufWriter
{
    const int Alignment = 32;

    readonly List<(string Key, object Value)> _keys = [];
    readonly List<Tensor> _tensors = [];

    sealed record Tensor(string Name, uint Type, long[] Shape, long ByteCount, Action<Stream> Write);

    /// <summary>Adds a key: a string, bool, uint, int, ulong, float, or an array of strings or ints.</summary>
    public GgufWriter Add(string key, object value)
    {
        _keys.Add((key, value));
        return this;
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">ggml's number of its type.</param>
    /// <param name="shape">Slowest dimension first.</param>
    /// <param name="byteCount">How many bytes <paramref name="write"/> writes.</param>
    /// <param name="write">Writes the data; called once, later.</param>
    public GgufWriter Add(string name, uint type, long[] shape, long byteCount, Action<Stream> write)
    {
        _tensors.Add(new(name, type, shape, byteCount, write));
        return this;
    }

    /// <summary>Writes the head and then each tensor.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        MemoryStream head = new();
        using BinaryWriter writer = new(head, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_keys.Count);
        foreach ((string key, object value) in _keys)
        {
            WriteString(writer, key);
            WriteValue(writer, value);
        }
        long offset = 0;
        foreach (Tensor tensor in _tensors)
        {
            WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (long size in tensor.Shape.Reverse())
                writer.Write(size);
            writer.Write(tensor.Type);
            writer.Write(offset);
            offset = Aligned(offset + tensor.ByteCount);
        }
        writer.Flush();
        head.SetLength(Aligned(head.Length));
        head.WriteTo(stream);
        foreach (Tensor tensor in _tensors)
        {
            tensor.Write(stream);
            stream.Write(new byte[Aligned(tensor.ByteCount) - tensor.ByteCount]);
        }
    }

    static long Aligned(long byteCount) => (byteCount + Alignment - 1) / Alignment * Alignment;

    static void WriteString(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint v: writer.Write(4u); writer.Write(v); break;
            case int v: writer.Write(5u); writer.Write(v); break;
            case float v: writer.Write(6u); writer.Write(v); break;
            case bool v: writer.Write(7u); writer.Write(v); break;
            case string v: writer.Write(8u); WriteString(writer, v); break;
            case ulong v: writer.Write(10u); writer.Write(v); break;
            case string[] v:
                writer.Write(9u);
                writer.Write(8u);
                writer.Write((ulong)v.Length);
                foreach (string s in v)
                    WriteString(writer, s);
                break;
            case int[] v:
                writer.Write(9u);
                writer.Write(5u);
                writer.Write((ulong)v.Length);
                byte[] bytes = new byte[v.Length * sizeof(int)];
                for (int i = 0; i < v.Length; i++)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), v[i]);
                writer.Write(bytes);
                break;
            default: throw new ArgumentException($"No GGUF type for {value.GetType()}.", nameof(value));
        }
    }
}
