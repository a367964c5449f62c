using System.IO.MemoryMappedFiles;

namespace Chorale.Kernels;

/// <summary>A file mapped read-only into memory: pages are read when first touched and shared by every process that maps the file.</summary>
/// <remarks>
/// Spans and matrices taken from it are bare pointers into the map. Whoever owns the file disposes it last, after every user of such a
/// view is done; using one afterwards is undefined, as is a file that someone else shortens meanwhile. Reading is safe from any thread.
/// </remarks>
sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? _file;
    readonly MemoryMappedViewAccessor? _view;
    byte* _data;

    /// <summary>Maps a whole file; an empty one gives an empty map.</summary>
    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    public MappedFile(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Length = stream.Length;
        if (Length == 0)
            return;
        _file = MemoryMappedFile.CreateFromFile(stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += _view.PointerOffset;
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Bytes <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/>, in place.</summary>
    /// <exception cref="ArgumentException">They do not lie inside the file.</exception>
    public ReadOnlySpan<byte> Span(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (offset > Length || count > Length - offset)
            throw new ArgumentException($"{count} bytes at {offset} reach past the end at {Length}.", nameof(offset));
        return new ReadOnlySpan<byte>(_data + offset, count);
    }

    /// <summary>The matrix that starts at <paramref name="offset"/>, in place.</summary>
    /// <exception cref="ArgumentException">It does not lie inside the file, or the columns do not fit the type.</exception>
    public WeightMatrix Matrix(long offset, WeightType type, int rows, int columns)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return WeightMatrix.At(_data, Length, offset, type, rows, columns);
    }

    bool IsDisposed => _data is null && Length > 0;

    public void Dispose()
    {
        if (_data is not null)
        {
            _data = null;
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        _view?.Dispose();
        _file?.Dispose();
    }
}
