using Chorale.Chat;

namespace Chorale.Cli;

/// <summary>What <c>--model</c> names.</summary>
static class ModelFile
{
    /// <summary>Finds the file.</summary>
    /// <returns>The path of a file that exists; the embedded model's for null.</returns>
    /// <exception cref="CliException">There is no such file.</exception>
    public static string Resolve(string? model)
    {
        string path = model ?? ChatModel.EmbeddedPath;
        if (Directory.Exists(path))
            throw new CliException($"'{path}' is a folder, expected a GGUF file.");
        if (!File.Exists(path))
            throw new CliException(model is null ? $"the embedded model is missing: '{path}' does not exist." : $"'{path}' does not exist.");
        return path;
    }
}
