namespace Chorale.Cli;

/// <summary>Finds the program that a tool names, once, when its file is read: in the folders of <c>PATH</c>, or beside the file; never in the folder where the user happens to be.</summary>
static class ProgramFinder
{
    /// <summary>The full path; null where there is none.</summary>
    /// <param name="program">A name, or a path, which is relative to <paramref name="directory"/>.</param>
    /// <param name="directory">The folder of the tool file.</param>
    public static string? Find(string program, string directory)
    {
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return Candidates(Path.GetFullPath(program, directory)).FirstOrDefault(IsProgram);
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => Candidates(Path.Combine(folder, program)))
            .FirstOrDefault(IsProgram);
    }

    static string[] Candidates(string path) => OperatingSystem.IsWindows() ? [path, path + ".exe"] : [path];

    static bool IsProgram(string path)
    {
        if (!File.Exists(path))
            return false;
        if (OperatingSystem.IsWindows())
            return !IsBatchFile(path);
        return (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None;
    }

    /// <summary>Windows gives a batch file to a shell, which would read the arguments as commands.</summary>
    static bool IsBatchFile(string path) => Path.GetExtension(path).ToUpperInvariant() is ".BAT" or ".CMD";
}
