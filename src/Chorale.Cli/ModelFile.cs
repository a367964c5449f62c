using Chorale.Chat;

namespace Chorale.Cli;

/// <summary>What <c>--model</c> names.</summary>
static class ModelFile
{
    /// <summary>Finds the file or folder.</summary>
    /// <returns>A path that exists; the embedded model's for null.</returns>
    /// <exception cref="CliException">There is no such file or folder.</exception>
    public static string Resolve(string? model)
    {
        string path = model ?? ChatModel.EmbeddedPath;
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new CliException(model is null ? $"the embedded model is missing: '{path}' does not exist." : $"'{path}' does not exist.");
        return path;
    }
}
