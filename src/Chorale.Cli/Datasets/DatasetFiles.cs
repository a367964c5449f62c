using Chorale.Training;

namespace Chorale.Cli;

/// <summary>The files that a command line names.</summary>
static class DatasetFiles
{
    static readonly string[] Endings = [".jsonl", ".json", ".ndjson", ".jsonl.gz", ".json.gz", ".ndjson.gz"];

    /// <summary>Each file, each of a folder's, and standard input; nothing is opened yet.</summary>
    public static List<DatasetInput> Find(IReadOnlyList<string> paths, CliHost host)
    {
        List<DatasetInput> inputs = [];
        foreach (string path in paths)
        {
            if (path == "-")
                inputs.Add(new("-", () => new UnownedStream(host.Input)));
            else if (Directory.Exists(path))
                inputs.AddRange(InFolder(path));
            else if (File.Exists(path))
                inputs.Add(new(path, () => Open(path)));
            else
                throw new CliException($"'{path}' does not exist.");
        }
        return inputs;
    }

    /// <summary>How many bytes the files have together; null where one is standard input.</summary>
    public static long? SizeOf(IReadOnlyList<DatasetInput> inputs)
    {
        long size = 0;
        foreach (DatasetInput input in inputs)
        {
            if (input.Name == "-")
                return null;
            size += new FileInfo(input.Name).Length;
        }
        return size;
    }

    static IEnumerable<DatasetInput> InFolder(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => Array.Exists(Endings, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files.Select(file => new DatasetInput(file, () => Open(file))) : throw new CliException($"'{folder}' holds no file that ends in {string.Join(", ", Endings)}.");
    }

    static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
}
