using System.Runtime.CompilerServices;

namespace Chorale.TestKit;

/// <summary>Finds the repository's data files from wherever a test or benchmark runs.</summary>
public static class TestData
{
    /// <summary>The folder that holds <c>Chorale.slnx</c>.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The full path of a file under <c>testdata/</c>.</summary>
    public static string PathOf(string relative) => Path.Combine(RepositoryRoot, "testdata", relative);

    /// <summary>The full path of a file under <c>models/</c>.</summary>
    public static string ModelPath(string name) => Path.Combine(RepositoryRoot, "models", name);

    static string FindRoot([CallerFilePath] string thisFile = "")
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Chorale.slnx")))
                return folder;
        return Path.GetFullPath(Path.Combine(thisFile, "..", "..", ".."));
    }
}
