namespace Chorale.Grammar;

/// <summary>A set of strings: a list where it is one, and always a language.</summary>
/// <param name="Values">The strings, each once, where they were listed; null otherwise.</param>
/// <param name="Language">All of them.</param>
sealed record StringSet(string[]? Values, RegularExpression Language)
{
    public static StringSet Nothing { get; } = new([], RegularExpression.Nothing);

    public static StringSet All { get; } = new(null, RegularExpression.Anything);

    public bool IsNothing => ReferenceEquals(Language, RegularExpression.Nothing);

    public bool IsAll => Language.Equals(RegularExpression.Anything);

    public static StringSet Of(params IEnumerable<string> values)
    {
        string[] distinct = [.. values.Distinct(StringComparer.Ordinal)];
        return distinct.Length == 0 ? Nothing : new(distinct, RegularExpression.Strings(distinct));
    }

    public static StringSet Of(RegularExpression language) => new(null, language);

    public bool Contains(string value) => IsAll || Language.Accepts(value);

    public StringSet And(StringSet other)
    {
        if (IsAll || other.IsNothing)
            return other;
        if (other.IsAll || IsNothing)
            return this;
        if (Values is not null)
            return Of(Values.Where(other.Contains));
        return other.Values is not null ? other.And(this) : new(null, RegularExpression.And(Language, other.Language));
    }

    public StringSet Or(StringSet other)
    {
        if (IsAll || other.IsNothing)
            return this;
        if (other.IsAll || IsNothing)
            return other;
        return Values is not null && other.Values is not null ? Of(Values.Concat(other.Values)) : new(null, RegularExpression.Or(Language, other.Language));
    }

    public StringSet Complement() => IsAll ? Nothing : IsNothing ? All : new(null, RegularExpression.Not(Language));
}
