using System.IO.Compression;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary>The files that are written, one for each part. A file has its name only when it is whole.</summary>
sealed class DatasetOutputs : IDisposable
{
    const int BufferBytes = 1 << 16;

    readonly List<(string Partial, string Path)> _files = [];
    readonly List<Stream> _streams = [];

    public DatasetOutputs(string path, IReadOnlyList<DatasetSplit> splits, IReadOnlyList<DatasetInput> inputs, CliHost host)
    {
        if (path == "-")
        {
            if (splits.Count > 0)
                throw new CliException("Several parts need --out FILE, not standard output.", ExitCodes.Usage);
            _streams.Add(host.Output);
            return;
        }
        foreach (string file in splits.Count == 0 ? [path] : splits.Select(split => PathOf(path, split.Name)))
        {
            if (inputs.Any(input => input.Name != "-" && Path.GetFullPath(input.Name) == Path.GetFullPath(file)))
                throw new CliException($"'{file}' is an input and cannot be written.", ExitCodes.Usage);
            if (Directory.Exists(file))
                throw new CliException($"'{file}' is a folder; --out takes a file.", ExitCodes.Usage);
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            string partial = $"{file}.partial";
            _files.Add((partial, file));
            FileStream stream = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
            _streams.Add(file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionLevel.Fastest) : stream);
        }
    }

    public IReadOnlyList<Stream> Streams => _streams;

    /// <summary>The names of the files; empty for standard output.</summary>
    public IEnumerable<string> Names => _files.Select(file => file.Path);

    /// <summary>Closes the files and gives them their names.</summary>
    public void Finish()
    {
        if (_files.Count == 0)
        {
            _streams[0].Flush();
            return;
        }
        foreach (Stream stream in _streams)
            stream.Dispose();
        foreach ((string partial, string path) in _files)
            File.Move(partial, path, overwrite: true);
        _files.Clear();
    }

    /// <summary>Removes what is not whole.</summary>
    public void Dispose()
    {
        if (_files.Count == 0)
            return;
        foreach (Stream stream in _streams)
            stream.Dispose();
        foreach ((string partial, _) in _files)
            File.Delete(partial);
    }

    /// <summary><c>data.jsonl.gz</c> and <c>train</c> are <c>data.train.jsonl.gz</c>.</summary>
    static string PathOf(string path, string split)
    {
        string name = Path.GetFileName(path);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string named = dot <= 0 ? $"{name}.{split}" : $"{name[..dot]}.{split}{name[dot..]}";
        return Path.Combine(Path.GetDirectoryName(path) ?? "", named);
    }
}
