namespace Chorale.Grammar;

/// <summary>A JSON Schema that is malformed, or asks for what no mask can enforce.</summary>
/// <param name="path">The schema that says it, from <c>$</c>: <c>$.properties.age</c>.</param>
/// <param name="keyword">The keyword that is to blame; empty where it is the schema itself.</param>
/// <param name="problem">What was found, and why it cannot be.</param>
public sealed class JsonSchemaException(string path, string keyword, string problem)
    : GrammarException(keyword.Length == 0 ? $"{path}: {problem}" : $"{path}: '{keyword}': {problem}")
{
    /// <summary>The schema that says it, from <c>$</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The keyword that is to blame.</summary>
    public string Keyword { get; } = keyword;

    /// <summary>The message without the place.</summary>
    public string Problem { get; } = problem;
}
