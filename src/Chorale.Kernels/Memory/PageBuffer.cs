using System.Runtime.InteropServices;

namespace Chorale.Kernels;

/// <summary>Zeroed memory for gigabytes of weights, in pages of 2 MiB where the system gives them.</summary>
/// <remarks>
/// Each small page ends the run that the hardware prefetcher follows and takes an entry of the address tables; large ones let one thread read
/// memory some 10 % faster. Matrices taken from it do not keep it alive. A forgotten buffer is freed by its finalizer.
/// </remarks>
sealed unsafe partial class PageBuffer : IDisposable
{
    const nuint PageBytes = 2 << 20;

    void* _block;
    readonly nuint _blockBytes;
    byte* _data;

    /// <summary>Allocates zeros; the system gives pages when they are first touched.</summary>
    /// <exception cref="IOException">There is no such block.</exception>
    public PageBuffer(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        ByteCount = byteCount;
        _blockBytes = checked((nuint)byteCount + PageBytes);
        if (!OperatingSystem.IsLinux())
        {
            _block = NativeMemory.AllocZeroed(_blockBytes);
            _data = (byte*)(((nuint)_block + 63) & ~(nuint)63);
            return;
        }
        _block = Map(null, _blockBytes, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        if ((nint)_block == -1)
        {
            _block = null;
            throw new IOException($"The system gives no {byteCount} bytes for weights.");
        }
        _data = (byte*)(((nuint)_block + PageBytes - 1) & ~(PageBytes - 1));
        _ = Advise(_data, (nuint)byteCount, HugePages);    // only advice: without it pages are small
    }

    ~PageBuffer() => Free();

    public long ByteCount { get; }

    /// <summary>The first byte, for kernels.</summary>
    internal byte* Pointer => _data;

    /// <summary>Bytes <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/>.</summary>
    public Span<byte> Slice(long start, int count)
    {
        Check(start, count);
        return new Span<byte>(_data + start, count);
    }

    /// <summary>The tiles that start at <paramref name="start"/>, as a matrix.</summary>
    /// <exception cref="ArgumentException">They do not lie inside the buffer.</exception>
    public WeightMatrix Tiles(long start, WeightType type, int rows, int columns)
    {
        if (!TileLayout.Fits(type, rows))
            throw new ArgumentException($"{rows} rows of {type} do not lie in tiles.", nameof(rows));
        Check(start, TileLayout.ByteCount(type, rows, columns));
        return new WeightMatrix(_data + start, type, rows, columns, isTiled: true);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Check(long start, long count)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, ByteCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ByteCount - start);
    }

    void Free()
    {
        if (_block is null)
            return;
        if (OperatingSystem.IsLinux())
            _ = Unmap(_block, _blockBytes);
        else
            NativeMemory.Free(_block);
        _block = null;
        _data = null;
    }

    const int ReadWrite = 3, PrivateAnonymousNoReserve = 0x4022, HugePages = 14;

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
