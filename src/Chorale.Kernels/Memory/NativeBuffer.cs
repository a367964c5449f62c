using System.Runtime.InteropServices;

namespace Chorale.Kernels;

/// <summary>Zeroed memory outside the garbage collector, aligned to a cache line: caches, activations and weights made at run time.</summary>
/// <remarks>
/// Spans and matrices taken from it do not keep it alive: the owner holds the buffer as long as they are used and disposes it after.
/// A forgotten buffer is freed by its finalizer.
/// </remarks>
sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    const nuint Alignment = 64;
    void* _block;
    T* _data;

    /// <summary>Allocates <paramref name="length"/> zeros; the system gives pages of a large block when they are first touched.</summary>
    /// <exception cref="OutOfMemoryException">There is no such block.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint byteCount = checked((nuint)length * (nuint)sizeof(T));
        _block = NativeMemory.AllocZeroed(checked(byteCount + Alignment));
        _data = (T*)(((nuint)_block + Alignment - 1) & ~(Alignment - 1));
    }

    ~NativeBuffer() => Free();

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The first element, for kernels.</summary>
    internal T* Pointer => _data;

    /// <summary>Where it lies, for tests of its alignment.</summary>
    internal long Address => (long)_data;

    /// <summary>All elements of a buffer that a span can hold.</summary>
    /// <exception cref="OverflowException">There are more than 2^31 - 1.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data is null, this);
            return new Span<T>(_data, checked((int)Length));
        }
    }

    /// <summary>Elements <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/>.</summary>
    public Span<T> Slice(long start, int count)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - start);
        return new Span<T>(_data + start, count);
    }

    /// <summary>The matrix that starts at byte <paramref name="byteOffset"/>, in place.</summary>
    /// <exception cref="ArgumentException">It does not lie inside the buffer, or the columns do not fit the type.</exception>
    public WeightMatrix Matrix(long byteOffset, WeightType type, int rows, int columns)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        return WeightMatrix.At((byte*)_data, Length * sizeof(T), byteOffset, type, rows, columns);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.Free(_block);
        _block = null;
        _data = null;
    }
}
