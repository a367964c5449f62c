using System.Diagnostics;
using System.Globalization;

namespace Chorale.Cli;

/// <summary>How much memory this process has, pages of mapped files that are in memory included.</summary>
static class ProcessMemory
{
    const string Status = "/proc/self/status";
    const string ClearRefs = "/proc/self/clear_refs";

    /// <summary>Bytes at present.</summary>
    public static long ResidentByteCount => ReadStatus("VmRSS:") ?? Environment.WorkingSet;

    /// <summary>Of these, pages of files, which the system may take back and reads again; null where it does not tell.</summary>
    public static long? MappedByteCount => ReadStatus("RssFile:");

    /// <summary>The most since <see cref="TryResetPeak"/>, or since the process began.</summary>
    public static long PeakByteCount
    {
        get
        {
            if (ReadStatus("VmHWM:") is { } peak)
                return peak;
            using Process process = Process.GetCurrentProcess();
            return Math.Max(process.PeakWorkingSet64, process.WorkingSet64);
        }
    }

    /// <summary>Starts the peak anew at what there is now; false where the system cannot.</summary>
    public static bool TryResetPeak()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            File.WriteAllText(ClearRefs, "5");    // man proc_pid_clear_refs: "reset the peak resident set size"
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static long? ReadStatus(string name)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Status))
            return null;
        string? line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string? kibibytes = line?[name.Length..].Trim().Split(' ')[0];
        return long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value << 10 : null;
    }
}
