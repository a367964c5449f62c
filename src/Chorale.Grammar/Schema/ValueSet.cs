namespace Chorale.Grammar;

/// <summary>A set of JSON values, told apart by kind: what an expression is, one level deep.</summary>
/// <param name="Scalars">Which of <c>null</c>, <c>true</c> and <c>false</c> are in it.</param>
/// <param name="Numbers">The numbers in it.</param>
/// <param name="Strings">The strings in it.</param>
/// <param name="Arrays">The arrays in it are the union of these.</param>
/// <param name="Objects">The objects in it are the union of these.</param>
sealed record ValueSet(Literals Scalars, NumberSet Numbers, StringSet Strings, ArrayShape[] Arrays, ObjectShape[] Objects)
{
    public static ValueSet Nothing { get; } = new(Literals.None, NumberSet.Nothing, StringSet.Nothing, [], []);

    public static ValueSet All { get; } = new(Literals.All, NumberSet.All, StringSet.All, [ArrayShape.Universal], [ObjectShape.Universal]);

    /// <summary>Whether it has neither arrays nor objects.</summary>
    public bool IsScalar => Arrays.Length == 0 && Objects.Length == 0;

    /// <summary>Whether it is plain that nothing is in it.</summary>
    public bool IsNothing => IsScalar && Scalars == Literals.None && Numbers.IsNothing && Strings.IsNothing;

    public bool IsAll =>
        Scalars == Literals.All && Numbers.IsAll && Strings.IsAll && Array.Exists(Arrays, shape => shape.IsUniversal) && Array.Exists(Objects, shape => shape.IsUniversal);
}
