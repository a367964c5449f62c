namespace Chorale.Grammar;

/// <summary>A keyword at a place.</summary>
/// <param name="Node">The schema that has it.</param>
/// <param name="Keyword">Its name.</param>
sealed record SchemaOrigin(SchemaNode Node, string Keyword)
{
    public JsonSchemaException Error(string problem) => Node.Error(Keyword, problem);
}
