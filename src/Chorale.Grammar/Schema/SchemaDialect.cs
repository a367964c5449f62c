namespace Chorale.Grammar;

/// <summary>The version of JSON Schema that a document says it is written in. Keywords of all versions are read, except where they contradict.</summary>
enum SchemaDialect
{
    Draft4,
    Draft6,
    Draft7,
    Draft201909,
    Draft202012,
}
