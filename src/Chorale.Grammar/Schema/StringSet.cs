namespace Chorale.Grammar;

/// <summary>A set of strings: a list where it is one, and always a language.</summary>
sealed class StringSet
{
    StringSet(string[]? values, RegularExpression? language)
    {
        Values = values;
        IsNothing = values is { Length: 0 } || ReferenceEquals(language, RegularExpression.Nothing);
        IsAll = language is not null && language.Equals(RegularExpression.Anything);
        Language = language!;
    }

    public static StringSet Nothing { get; } = new([], RegularExpression.Nothing);

    public static StringSet All { get; } = new(null, RegularExpression.Anything);

    /// <summary>The strings, each once, where they were listed; null otherwise.</summary>
    public string[]? Values { get; }

    /// <summary>All of them; of a list made at first use.</summary>
    public RegularExpression Language
    {
        get => field ??= RegularExpression.Strings(Values!);
    }

    public bool IsNothing { get; }

    public bool IsAll { get; }

    public static StringSet Of(params IEnumerable<string> values)
    {
        string[] distinct = [.. values.Distinct(StringComparer.Ordinal)];
        return distinct.Length == 0 ? Nothing : new(distinct, null);
    }

    public static StringSet Of(RegularExpression language) => new(null, language);

    public bool Contains(string value) => IsAll || (Values is not null ? Values.Contains(value, StringComparer.Ordinal) : Language.Accepts(value));

    public StringSet And(StringSet other)
    {
        if (IsAll || other.IsNothing)
            return other;
        if (other.IsAll || IsNothing)
            return this;
        if (Values is not null)
            return other.Values is null ? Of(Values.Where(other.Contains)) : Of(Values.Intersect(other.Values, StringComparer.Ordinal));
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
