namespace Chorale.Grammar;

/// <summary>A set of objects.</summary>
sealed class ObjectShape
{
    Dictionary<string, int>? _index;

    /// <summary>All objects.</summary>
    public static ObjectShape Universal { get; } = new();

    /// <summary>The declared members, in the order in which they are written; one that may not be there has the expression <see cref="SchemaExpression.Never"/>.</summary>
    public (string Name, SchemaExpression Value, bool IsRequired)[] Properties { get; init; } = [];

    /// <summary>The other members: disjoint languages that hold every other name between them, and what is allowed there. They may hold declared names too, which does not count.</summary>
    public (RegularExpression Names, SchemaExpression Value)[] Others { get; init; } = [(RegularExpression.Anything, SchemaExpression.Any)];

    public int MinProperties { get; init; }

    public int MaxProperties { get; init; } = int.MaxValue;

    /// <summary>Each asks for at least one member, declared or not, with a name of a language and a value of an expression.</summary>
    public (RegularExpression Names, SchemaExpression Value, SchemaOrigin Origin)[] Witnesses { get; init; } = [];

    /// <summary>The names that <c>unevaluatedProperties</c> passes over.</summary>
    public RegularExpression Evaluated { get; init; } = RegularExpression.Nothing;

    /// <summary>What to blame where the counts cannot be enforced; null where there are none. With no keyword, the one of the count.</summary>
    public SchemaOrigin? Counter { get; init; }

    public bool IsUniversal =>
        Properties.Length == 0 && Witnesses.Length == 0 && MinProperties == 0 && MaxProperties == int.MaxValue && Array.TrueForAll(Others, other => other.Value is SchemaExpression.Everything);

    /// <summary>The names that are not declared.</summary>
    public RegularExpression Undeclared =>
        Properties.Length == 0 ? RegularExpression.Anything : RegularExpression.Not(RegularExpression.Strings(Properties.Select(property => property.Name)));

    /// <summary>Where a declared name stands; -1 where it is not declared.</summary>
    public int IndexOf(string name)
    {
        const int few = 8;
        if (Properties.Length <= few)
            return Array.FindIndex(Properties, property => property.Name == name);
        if (_index is null)
        {
            Dictionary<string, int> index = new(Properties.Length, StringComparer.Ordinal);
            for (int i = 0; i < Properties.Length; i++)
                index.Add(Properties[i].Name, i);
            _index = index;
        }
        return _index.TryGetValue(name, out int at) ? at : -1;
    }

    /// <summary>What a member of any name must be.</summary>
    public SchemaExpression ValueOf(string name) => IndexOf(name) is >= 0 and int i ? Properties[i].Value : ValueOfOther(name);

    /// <summary>What a member must be whose name is not declared.</summary>
    public SchemaExpression ValueOfOther(string name)
    {
        // The languages hold every name, so the last one needs no test.
        foreach ((RegularExpression names, SchemaExpression value) in Others.AsSpan(0, Others.Length - 1))
        {
            if (names.Accepts(name))
                return value;
        }
        return Others[^1].Value;
    }

    public ObjectShape With(RegularExpression evaluated) => new()
    {
        Properties = Properties,
        Others = Others,
        MinProperties = MinProperties,
        MaxProperties = MaxProperties,
        Witnesses = Witnesses,
        Counter = Counter,
        Evaluated = evaluated,
    };
}
