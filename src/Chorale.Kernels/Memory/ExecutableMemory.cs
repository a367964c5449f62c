using System.Runtime.InteropServices;

namespace Chorale.Kernels;

/// <summary>A page or more of machine code: written first, then made executable and no longer writable.</summary>
/// <remarks>It lives as long as the process: code that may be running is never unmapped.</remarks>
static unsafe partial class ExecutableMemory
{
    /// <summary>Copies code where the processor may run it; null where the system refuses such memory.</summary>
    /// <param name="code">Position-independent machine code.</param>
    public static byte* TryLoad(ReadOnlySpan<byte> code)
    {
        nuint length = ((nuint)code.Length + 4095) & ~(nuint)4095;
        if (OperatingSystem.IsLinux())
        {
            byte* memory = (byte*)Map(null, length, ReadWrite, PrivateAnonymous, -1, 0);
            if ((nint)memory == -1)
                return null;
            code.CopyTo(new Span<byte>(memory, code.Length));
            return Protect(memory, length, ReadExecute) == 0 ? memory : null;
        }
        if (OperatingSystem.IsWindows())
        {
            byte* memory = (byte*)VirtualAlloc(null, length, CommitReserve, PageReadWrite);
            if (memory is null)
                return null;
            code.CopyTo(new Span<byte>(memory, code.Length));
            uint before;
            return VirtualProtect(memory, length, PageExecuteRead, &before) != 0 && FlushInstructionCache(-1, memory, length) != 0 ? memory : null;
        }
        return null;
    }

    const int ReadWrite = 3, ReadExecute = 5, PrivateAnonymous = 0x22;
    const uint CommitReserve = 0x3000, PageReadWrite = 0x04, PageExecuteRead = 0x20;

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void* VirtualAlloc(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualProtect(void* address, nuint length, uint protection, uint* before);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int FlushInstructionCache(nint process, void* address, nuint length);
}
