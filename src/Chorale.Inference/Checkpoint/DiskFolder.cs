namespace Chorale.Inference;

/// <summary>A folder on disk.</summary>
sealed class DiskFolder(string path) : CheckpointFolder(path)
{
    public override IEnumerable<string> Names =>
        Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public override bool Contains(string name) => File.Exists(PathOf(name));

    public override CheckpointFile Open(string name) => CheckpointFile.Open(PathOf(name));
}
