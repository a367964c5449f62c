namespace Chorale.Training;

/// <summary>A history that cannot be read or converted. The message says where, what was found and what was expected.</summary>
public sealed class HistoryFormatException : Exception
{
    /// <summary>An error at a place.</summary>
    /// <param name="path">Where, <c>messages[3].tool_calls[0].function.name</c>; empty at the root.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if any.</param>
    public HistoryFormatException(string path, string problem, Exception? innerException = null)
        : base(string.IsNullOrEmpty(path) ? problem : $"{path}: {problem}", innerException) => Path = path;

    /// <summary>Where in the structure.</summary>
    public string Path { get; }
}
