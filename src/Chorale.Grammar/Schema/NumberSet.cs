namespace Chorale.Grammar;

/// <summary>A set of numbers by value: a list where it is one, and always the two languages of <see cref="JsonNumbers"/>.</summary>
/// <param name="Values">The numbers, each once, where they were listed; null otherwise.</param>
/// <param name="Integers">Those that are integers.</param>
/// <param name="Fractions">Those that are not.</param>
sealed record NumberSet(DecimalNumber[]? Values, RegularExpression Integers, RegularExpression Fractions)
{
    public static NumberSet Nothing { get; } = new([], RegularExpression.Nothing, RegularExpression.Nothing);

    public static NumberSet All { get; } = new(null, JsonNumbers.Integers, JsonNumbers.Fractions);

    public bool IsNothing => ReferenceEquals(Integers, RegularExpression.Nothing) && ReferenceEquals(Fractions, RegularExpression.Nothing);

    public bool IsAll => ReferenceEquals(Integers, JsonNumbers.Integers) && ReferenceEquals(Fractions, JsonNumbers.Fractions);

    public static NumberSet Of(params IEnumerable<DecimalNumber> values)
    {
        DecimalNumber[] distinct = [.. values.Distinct()];
        return distinct.Length == 0 ? Nothing : new(
            distinct,
            RegularExpression.Strings(distinct.Where(value => value.IsInteger).Select(value => value.ToString())),
            RegularExpression.Or(distinct.Where(value => !value.IsInteger).Select(JsonNumbers.Fraction)));
    }

    public bool Contains(DecimalNumber value) =>
        Values is not null ? Values.Contains(value) : (value.IsInteger ? Integers : Fractions).Accepts(value.ToString());

    public NumberSet And(NumberSet other)
    {
        if (IsAll || other.IsNothing)
            return other;
        if (other.IsAll || IsNothing)
            return this;
        if (Values is not null)
            return Of(Values.Where(other.Contains));
        if (other.Values is not null)
            return other.And(this);
        return new(null, And(Integers, other.Integers, JsonNumbers.Integers), And(Fractions, other.Fractions, JsonNumbers.Fractions));
    }

    public NumberSet Or(NumberSet other)
    {
        if (IsAll || other.IsNothing)
            return this;
        if (other.IsAll || IsNothing)
            return other;
        if (Values is not null && other.Values is not null)
            return Of(Values.Concat(other.Values));
        return new(null, Or(Integers, other.Integers, JsonNumbers.Integers), Or(Fractions, other.Fractions, JsonNumbers.Fractions));
    }

    public NumberSet Complement() =>
        IsAll ? Nothing : IsNothing ? All : new(null, Complement(Integers, JsonNumbers.Integers), Complement(Fractions, JsonNumbers.Fractions));

    // The languages of all integers and all fractions are known by reference, so that no product with them is made.
    static RegularExpression And(RegularExpression a, RegularExpression b, RegularExpression all) =>
        ReferenceEquals(a, all) ? b : ReferenceEquals(b, all) ? a : RegularExpression.And(a, b);

    static RegularExpression Or(RegularExpression a, RegularExpression b, RegularExpression all) =>
        ReferenceEquals(a, all) || ReferenceEquals(b, all) ? all : RegularExpression.Or(a, b);

    static RegularExpression Complement(RegularExpression part, RegularExpression all) =>
        ReferenceEquals(part, all) ? RegularExpression.Nothing
        : ReferenceEquals(part, RegularExpression.Nothing) ? all
        : RegularExpression.And(all, RegularExpression.Not(part));
}
