using Xunit;

namespace Chorale.TestKit;

/// <summary>A recorded file that a test compares with; <c>CHORALE_ACCEPT=1</c> rewrites it, and review reads the diff.</summary>
public static class Golden
{
    public static void Verify(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("CHORALE_ACCEPT") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"'{path}' is missing; CHORALE_ACCEPT=1 writes it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
