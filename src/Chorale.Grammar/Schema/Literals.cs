namespace Chorale.Grammar;

/// <summary>A set of the values that JSON has words for.</summary>
[Flags]
enum Literals
{
    None = 0,
    Null = 1,
    True = 2,
    False = 4,
    All = 7,
}
