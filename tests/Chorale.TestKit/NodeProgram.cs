using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Chorale.TestKit;

/// <summary>Node, which runs what knows nothing of our code.</summary>
public static class NodeProgram
{
    /// <summary>Where it is; null where it is not installed.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Its major version; 0 where it is not installed.</summary>
    public static int Version { get; } = ReadVersion();

    /// <summary>How a script is started: its folder is the working directory, its streams are UTF-8.</summary>
    /// <exception cref="InvalidOperationException">Node is not installed.</exception>
    public static ProcessStartInfo Start(string folder, params string[] arguments) =>
        new(Path ?? throw new InvalidOperationException("Node is not installed."), arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };

    static string? Find()
    {
        string name = OperatingSystem.IsWindows() ? "node.exe" : "node";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    static int ReadVersion()
    {
        if (Path is null)
            return 0;
        using Process node = Process.Start(Start(Environment.CurrentDirectory, "--print", "process.versions.node.split('.')[0]"))!;
        string version = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return int.TryParse(version, CultureInfo.InvariantCulture, out int major) ? major : 0;
    }
}
