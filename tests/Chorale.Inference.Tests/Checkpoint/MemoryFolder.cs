namespace Chorale.Inference.Tests;

/// <summary>The files of a checkpoint in memory, to be spoilt by a test without touching the disk.</summary>
sealed class MemoryFolder(string path) : CheckpointFolder(path)
{
    readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public override IEnumerable<string> Names => _files.Keys;

    public byte[] this[string name]
    {
        get => _files[name];
        set => _files[name] = value;
    }

    /// <summary>Bytes of all files together.</summary>
    public long ByteCount => _files.Values.Sum(bytes => (long)bytes.Length);

    /// <summary>Reads the small files and the safetensors of a folder on disk.</summary>
    public static MemoryFolder Load(string path)
    {
        MemoryFolder folder = new(path);
        foreach (string file in Directory.EnumerateFiles(path))
            folder[System.IO.Path.GetFileName(file)] = File.ReadAllBytes(file);
        return folder;
    }

    public override bool Contains(string name) => _files.ContainsKey(name);

    public override CheckpointFile Open(string name) =>
        _files.TryGetValue(name, out byte[]? bytes) ? new(PathOf(name), bytes) : throw new FileNotFoundException(null, PathOf(name));

    public void Remove(string name) => _files.Remove(name);

    /// <summary>A folder with the same files, of which each can be replaced without changing this one.</summary>
    public MemoryFolder Copy()
    {
        MemoryFolder copy = new(Path);
        foreach ((string name, byte[] bytes) in _files)
            copy[name] = bytes;
        return copy;
    }

    /// <summary>Writes the files to disk.</summary>
    public void SaveTo(string folder)
    {
        foreach ((string name, byte[] bytes) in _files)
            File.WriteAllBytes(System.IO.Path.Combine(folder, name), bytes);
    }
}
