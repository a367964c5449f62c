namespace Chorale.Inference;

/// <summary>Where the files of a checkpoint lie beside each other: on disk, or in a test's memory.</summary>
/// <param name="path">For messages, and of each file the first part.</param>
abstract class CheckpointFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>The names of the files, without the path, in ordinal order.</summary>
    public abstract IEnumerable<string> Names { get; }

    public abstract bool Contains(string name);

    /// <summary>Opens a file for a reader that disposes it.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public abstract CheckpointFile Open(string name);

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
