namespace Chorale.Grammar;

/// <summary>A keyword that applies other schemas to the same value.</summary>
/// <param name="Keyword">Its name.</param>
abstract record SchemaPart(string Keyword)
{
    /// <summary>The schemas that it applies to the same value.</summary>
    public abstract IEnumerable<SchemaNode> Schemas { get; }

    public sealed record Reference(string Keyword, SchemaNode Target) : SchemaPart(Keyword)
    {
        public override IEnumerable<SchemaNode> Schemas => [Target];
    }

    public sealed record AllOf(SchemaNode[] Parts) : SchemaPart("allOf")
    {
        public override IEnumerable<SchemaNode> Schemas => Parts;
    }

    public sealed record AnyOf(SchemaNode[] Parts) : SchemaPart("anyOf")
    {
        public override IEnumerable<SchemaNode> Schemas => Parts;
    }

    public sealed record OneOf(SchemaNode[] Parts) : SchemaPart("oneOf")
    {
        public override IEnumerable<SchemaNode> Schemas => Parts;
    }

    public sealed record Not(SchemaNode Part) : SchemaPart("not")
    {
        public override IEnumerable<SchemaNode> Schemas => [Part];
    }

    public sealed record If(SchemaNode Condition, SchemaNode? Then, SchemaNode? Else) : SchemaPart("if")
    {
        public override IEnumerable<SchemaNode> Schemas => [Condition, .. Then is null ? (SchemaNode[])[] : [Then], .. Else is null ? (SchemaNode[])[] : [Else]];
    }

    /// <summary>Where an object has one member, it must have others.</summary>
    public sealed record DependentRequired(string Keyword, string Name, string[] Others) : SchemaPart(Keyword)
    {
        public override IEnumerable<SchemaNode> Schemas => [];
    }

    /// <summary>Where an object has one member, a schema holds.</summary>
    public sealed record DependentSchema(string Keyword, string Name, SchemaNode Part) : SchemaPart(Keyword)
    {
        public override IEnumerable<SchemaNode> Schemas => [Part];
    }
}
