namespace Chorale.Harmony;

/// <summary>JSON that is not a conversation, a message or a schema. The message says what was found, what was expected and where.</summary>
public sealed class HarmonyJsonException : HarmonyException
{
    internal HarmonyJsonException(string what, string problem, string path, long line, long column, Exception? innerException = null)
        : base($"invalid {what} JSON: {problem}{(path.Length > 0 ? $" in {path}" : "")} at line {line} column {column}", innerException)
    {
        Path = path;
        Line = line;
        Column = column;
    }

    /// <summary>Where in the structure, <c>messages[3].content[0].type</c>; empty at the root and for bad syntax.</summary>
    public string Path { get; }

    /// <summary>The line in the text, from 1.</summary>
    public long Line { get; }

    /// <summary>The byte in the line, from 1.</summary>
    public long Column { get; }
}
