namespace Chorale.Harmony;

/// <summary>A schema, or a list of tools, that cannot be read. The message says where, what was found and what was expected.</summary>
public sealed class SchemaException : ArgumentException
{
    internal SchemaException(string subject, string path, string problem, Exception? innerException = null)
        : base($"{subject} cannot be read at {path}: {problem}.", innerException)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>Where, from <c>$</c>, the root of the schema or of the list of tools: <c>$.properties.city.type</c>.</summary>
    public string Path { get; }

    string Problem { get; }

    /// <summary>The same, said of a tool of a conversation.</summary>
    internal SchemaException Of(string subject) => new(subject, Path, Problem, this);
}
