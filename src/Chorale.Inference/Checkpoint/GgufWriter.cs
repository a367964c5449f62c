using System.Buffers.Binary;
using System.Text;

namespace Chorale.Inference;

/// <summary>Writes GGUF files, version 3, little-endian. Nothing is checked against any architecture.</summary>
/// <remarks>Source: the GGUF specification (<c>ggml/docs/gguf.md</c>). Keys and tensors are written in the order in which they were added.</remarks>
public sealed class GgufWriter
{
    const int Alignment = 32;

    readonly List<(string Key, object Value)> _keys = [];
    readonly List<Tensor> _tensors = [];

    sealed record Tensor(string Name, TensorType Type, long[] Shape, long ByteCount, Action<Stream> Write);

    /// <summary>Adds a key.</summary>
    /// <param name="key">Its name, once a file.</param>
    /// <param name="value">A string, bool, ushort, uint, int, ulong, float, or a list of strings or ints.</param>
    public GgufWriter Add(string key, object value)
    {
        _keys.Add((key, value));
        return this;
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name, once a file.</param>
    /// <param name="type">How its numbers are stored.</param>
    /// <param name="shape">Slowest dimension first.</param>
    /// <param name="byteCount">How many bytes <paramref name="write"/> writes.</param>
    /// <param name="write">Writes the data; called once, by <see cref="WriteTo"/>.</param>
    public GgufWriter Add(string name, TensorType type, IReadOnlyList<long> shape, long byteCount, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        _tensors.Add(new(name, type, [.. shape], byteCount, write));
        return this;
    }

    /// <summary>Bytes of the tensors as they lie in the file; the head comes on top.</summary>
    public long TensorByteCount => _tensors.Sum(tensor => Aligned(tensor.ByteCount));

    /// <summary>Writes the head and then each tensor.</summary>
    /// <exception cref="ArgumentException">A value is of no type that this writer knows.</exception>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream head = new();
        using BinaryWriter writer = new(head, Encoding.UTF8);
        WriteHead(writer);
        writer.Flush();
        head.SetLength(Aligned(head.Length));
        head.WriteTo(stream);
        byte[] padding = new byte[Alignment];
        foreach (Tensor tensor in _tensors)
        {
            tensor.Write(stream);
            stream.Write(padding, 0, (int)(Aligned(tensor.ByteCount) - tensor.ByteCount));
        }
    }

    void WriteHead(BinaryWriter writer)
    {
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
            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset += Aligned(tensor.ByteCount);
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
            case ushort v: writer.Write(2u); writer.Write(v); break;
            case uint v: writer.Write(4u); writer.Write(v); break;
            case int v: writer.Write(5u); writer.Write(v); break;
            case float v: writer.Write(6u); writer.Write(v); break;
            case bool v: writer.Write(7u); writer.Write(v); break;
            case string v: writer.Write(8u); WriteString(writer, v); break;
            case ulong v: writer.Write(10u); writer.Write(v); break;
            case IReadOnlyList<string> v:
                writer.Write(9u);
                writer.Write(8u);
                writer.Write((ulong)v.Count);
                foreach (string text in v)
                    WriteString(writer, text);
                break;
            case IReadOnlyList<int> v:
                writer.Write(9u);
                writer.Write(5u);
                writer.Write((ulong)v.Count);
                byte[] bytes = new byte[v.Count * sizeof(int)];
                for (int i = 0; i < v.Count; i++)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), v[i]);
                writer.Write(bytes);
                break;
            default: throw new ArgumentException($"No GGUF type for {value.GetType()}.", nameof(value));
        }
    }
}
