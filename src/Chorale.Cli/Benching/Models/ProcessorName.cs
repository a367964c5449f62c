using System.Runtime.InteropServices;

namespace Chorale.Cli;

/// <summary>What the processor calls itself.</summary>
static class ProcessorName
{
    public static string Find()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? line = OperatingSystem.IsLinux() && File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
