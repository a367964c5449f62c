namespace Chorale.Chat;

/// <summary>A script cannot be read.</summary>
public sealed class ScriptFormatException(int line, string problem, Exception? innerException = null) : FormatException($"Line {line}: {problem}", innerException)
{
    /// <summary>Which line, from 1.</summary>
    public int Line { get; } = line;
}
