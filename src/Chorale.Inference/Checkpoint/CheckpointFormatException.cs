namespace Chorale.Inference;

/// <summary>A model file that is damaged, or not what it should be. The message names the place, what was found and what was expected.</summary>
public sealed class CheckpointFormatException(string path, string? place, string problem)
    : Exception(place is null ? $"'{path}': {problem}" : $"'{path}': {place}: {problem}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What in the file is wrong, as <c>tensor 'output.weight'</c> or <c>key 'general.alignment'</c>; null for the file as a whole.</summary>
    public string? Place { get; } = place;
}
