using System.Buffers.Binary;
using Chorale.Kernels;
using Microsoft.Win32.SafeHandles;

namespace Chorale.Inference;

/// <summary>One file of a checkpoint: mapped for what is used in place, and open for plain reads besides; or the same as bytes in memory.</summary>
/// <remarks>Threads may share it. The file must not be shortened while it is open.</remarks>
sealed class CheckpointFile : IDisposable
{
    readonly ReadOnlyMemory<byte> _bytes;
    readonly MappedFile? _map;
    readonly SafeFileHandle? _handle;

    /// <summary>Bytes that stand for a file, for which nothing touches the disk; its matrices cannot be used in place.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="bytes">The content.</param>
    public CheckpointFile(string path, ReadOnlyMemory<byte> bytes) => (Path, _bytes, Length) = (path, bytes, bytes.Length);

    CheckpointFile(string path, MappedFile map, SafeFileHandle handle) => (Path, _map, _handle, Length) = (path, map, handle, map.Length);

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Opens and maps a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CheckpointFile Open(string path)
    {
        MappedFile map = new(path);
        try
        {
            return new(path, map, File.OpenHandle(path));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>The file, or as much of its beginning as a span holds.</summary>
    public ReadOnlySpan<byte> Head => Span(0, (int)Math.Min(Length, int.MaxValue));

    /// <summary>Bytes <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/>, in place.</summary>
    /// <exception cref="ArgumentException">They do not lie inside the file.</exception>
    public ReadOnlySpan<byte> Span(long offset, int count) =>
        _map is { } map ? map.Span(offset, count) : _bytes.Span.Slice(checked((int)offset), count);

    /// <summary>Copies bytes from <paramref name="offset"/> on, past the mapping, so that none of its pages becomes resident for it.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (_handle is null)
        {
            Span(offset, destination.Length).CopyTo(destination);
            return;
        }
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
                throw new EndOfStreamException($"'{Path}' became shorter while it was open: {destination.Length} bytes are missing at offset {offset}.");
            offset += read;
            destination = destination[read..];
        }
    }

    /// <summary>The matrix at <paramref name="offset"/>, in place, valid until this object is disposed; false where the file is bytes in memory.</summary>
    /// <exception cref="ArgumentException">It does not lie inside the file, or the columns do not fit the type.</exception>
    public bool TryMap(long offset, WeightType type, int rows, int columns, out WeightMatrix matrix)
    {
        matrix = _map is { } map ? map.Matrix(offset, type, rows, columns) : default;
        return _map is not null;
    }

    /// <summary>Decodes numbers, exactly.</summary>
    /// <param name="offset">Where the first lies.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">They do not lie inside the file.</exception>
    public float[] ReadFloats(long offset, TensorType type, int count)
    {
        float[] floats = new float[count];
        if (type == TensorType.F32)
        {
            ReadOnlySpan<byte> bytes = Span(offset, checked(count * sizeof(float)));
            for (int i = 0; i < floats.Length; i++)
                floats[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
            return floats;
        }
        ReadOnlySpan<byte> halves = Span(offset, checked(count * sizeof(ushort)));
        for (int i = 0; i < floats.Length; i++)
        {
            ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(halves[(i * sizeof(ushort))..]);
            floats[i] = type == TensorType.BF16 ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);
        }
        return floats;
    }

    public void Dispose()
    {
        _map?.Dispose();
        _handle?.Dispose();
    }
}
