namespace Chorale.Grammar;

/// <summary>A set of the types that the keyword <c>type</c> knows.</summary>
[Flags]
enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
    All = 127,
}
