namespace Chorale.Templates;

/// <summary>Where a name's value is.</summary>
/// <param name="Depth">How many functions further out; -1 for a variable of the caller.</param>
/// <param name="Index">The slot there, or the index among the caller's variables.</param>
readonly record struct Binding(int Depth, int Index)
{
    public const int Context = -1;
}
