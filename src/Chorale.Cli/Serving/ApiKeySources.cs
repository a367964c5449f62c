namespace Chorale.Cli;

/// <summary>API keys from the command line, a file and the environment.</summary>
static class ApiKeySources
{
    /// <summary>The variable that may hold a key; the command line shows keys to everybody on the machine.</summary>
    public const string Variable = "CHORALE_API_KEY";

    /// <summary>All keys.</summary>
    /// <param name="keys">Those of the command line.</param>
    /// <param name="file">A file with a key a line, empty lines and those that begin with <c>#</c> left out; null is none.</param>
    /// <param name="variable">What the variable holds; null or empty is no key.</param>
    /// <exception cref="CliException">A key is empty, or the file holds none.</exception>
    public static List<string> Read(IEnumerable<string> keys, FileInfo? file, string? variable)
    {
        List<string> all = [.. keys.Select(key => key.Trim())];
        if (all.Contains(""))
            throw new CliException("--api-key is empty.", ExitCodes.Usage);
        if (file is not null)
        {
            List<string> lines = [.. File.ReadLines(file.FullName).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
            all.AddRange(lines.Count > 0 ? lines : throw new CliException($"'{file}' holds no key."));
        }
        if (!string.IsNullOrWhiteSpace(variable))
            all.Add(variable.Trim());
        return all;
    }
}
