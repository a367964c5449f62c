namespace Chorale.Harmony;

/// <summary>A type, and what its schema says beyond it.</summary>
readonly record struct NotedType(SchemaType Type, TypeNotes Notes)
{
    public NotedType(SchemaType type)
        : this(type, TypeNotes.None)
    {
    }
}
