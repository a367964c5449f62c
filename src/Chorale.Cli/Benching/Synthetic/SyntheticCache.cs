using System.Globalization;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The folder in which synthetic models are kept: each is written once and used again.</summary>
/// <param name="folder">Made where it is missing.</param>
/// <param name="freeByteCount">How much room the disk of a folder has; null where nobody knows.</param>
sealed class SyntheticCache(string folder, Func<string, long?> freeByteCount)
{
    /// <summary>What must stay free on the disk.</summary>
    const long Reserve = 1L << 30;

    /// <summary>Room for keys and vocabulary, generously.</summary>
    const long MostHeadBytes = 32L << 20;

    public SyntheticCache(string folder)
        : this(folder, FreeByteCount)
    {
    }

    /// <summary>Where it is unless asked otherwise: the user's cache folder, as each system has it.</summary>
    public static string DefaultFolder
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string? xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.IsPathFullyQualified(xdg ?? "") ? xdg!
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
                : Path.Combine(home, ".cache");
            return Path.Combine(caches, "chorale");
        }
    }

    /// <summary>Where the model of a shape lies, or will.</summary>
    public string PathOf(SyntheticShape shape)
    {
        bool isWhole = SyntheticShape.Published.FirstOrDefault(published => published.Name == shape.Name) is { } published && published.Layers == shape.Layers;
        return Path.Combine(folder, isWhole ? $"{shape.Name}-synthetic.gguf" : $"{shape.Name}-synthetic-{shape.Layers}-layers.gguf");
    }

    /// <summary>Whether the model of a shape is there, whole.</summary>
    public bool Contains(SyntheticShape shape)
    {
        string path = PathOf(shape);
        if (!File.Exists(path))
            return false;
        try
        {
            using Checkpoint file = Checkpoint.Open(path);
            return file.Tensors.Select(Signature).SequenceEqual(new SyntheticModel(shape).Tensors.Select(Signature), StringComparer.Ordinal);
        }
        catch (CheckpointFormatException)
        {
            return false;
        }
    }

    /// <summary>Writes the model of a shape under another name, and renames it when it is whole.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="progress">Told of the bytes written so far, and of how many there will be.</param>
    /// <param name="cancellationToken">Ends the writing; what was written is deleted.</param>
    /// <exception cref="CliException">The disk has no room for it.</exception>
    public void Write(SyntheticShape shape, Action<long, long> progress, CancellationToken cancellationToken)
    {
        long done = 0, all = 0;
        SyntheticModel model = new(shape, Report, cancellationToken);
        all = model.TensorByteCount;
        CheckRoom(shape, all + MostHeadBytes);
        Directory.CreateDirectory(folder);
        string partial = PathOf(shape) + ".partial";
        using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
        {
            try
            {
                model.WriteTo(stream);
            }
            catch
            {
                File.Delete(partial);
                throw;
            }
        }
        File.Move(partial, PathOf(shape), overwrite: true);

        void Report(long bytes)
        {
            done += bytes;
            progress(done, all);
        }
    }

    void CheckRoom(SyntheticShape shape, long needed)
    {
        if (freeByteCount(folder) is { } free && free < needed + Reserve)
        {
            throw new CliException(string.Create(CultureInfo.InvariantCulture,
                $"no room for '{PathOf(shape)}': it takes {needed / 1e9:N1} GB and leaves 1 GB, the disk has {free / 1e9:N1} GB free; --cache names another folder, --layers makes it smaller."));
        }
    }

    static string Signature(TensorInfo tensor) => tensor.ToString();

    static long? FreeByteCount(string folder)
    {
        try
        {
            DirectoryInfo? existing = new(folder);
            while (existing is { Exists: false })
                existing = existing.Parent;
            return existing is null ? null : new DriveInfo(existing.FullName).AvailableFreeSpace;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;    // a network share, say
        }
    }
}
