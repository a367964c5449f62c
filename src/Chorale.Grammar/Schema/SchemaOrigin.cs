namespace Chorale.Grammar;

/// <summary>A keyword at a place.</summary>
/// <param name="Node">The schema that has it.</param>
/// <param name="Keyword">Its name; empty where that is known to whoever finds the error.</param>
sealed record SchemaOrigin(SchemaNode Node, string Keyword)
{
    public JsonSchemaException Error(string problem) => Node.Error(Keyword, problem);

    public JsonSchemaException Error(string keyword, string problem) => Node.Error(Keyword.Length > 0 ? Keyword : keyword, problem);
}
