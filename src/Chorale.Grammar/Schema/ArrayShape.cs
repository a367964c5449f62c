namespace Chorale.Grammar;

/// <summary>A set of arrays.</summary>
sealed class ArrayShape
{
    /// <summary>All arrays.</summary>
    public static ArrayShape Universal { get; } = new();

    /// <summary>What the first items must be, where they are there.</summary>
    public SchemaExpression[] Prefix { get; init; } = [];

    /// <summary>What all further items must be.</summary>
    public SchemaExpression Rest { get; init; } = SchemaExpression.Any;

    public int MinItems { get; init; }

    public int MaxItems { get; init; } = int.MaxValue;

    /// <summary>How many items, from one on, must be of an expression.</summary>
    public (SchemaExpression Value, int Min, int Max, int From, SchemaOrigin Origin)[] Contains { get; init; } = [];

    /// <summary>The schema that wants each item only once; null where none does.</summary>
    public SchemaNode? Unique { get; init; }

    /// <summary>How many of the first items <c>unevaluatedItems</c> passes over.</summary>
    public int Evaluated { get; init; }

    /// <summary>What else it passes over.</summary>
    public SchemaExpression EvaluatedItems { get; init; } = SchemaExpression.Never;

    /// <summary>What to blame where the counts cannot be enforced; null where there are none. With no keyword, the one of the count.</summary>
    public SchemaOrigin? Counter { get; init; }

    public bool IsUniversal =>
        Rest is SchemaExpression.Everything && Prefix.Length == 0 && MinItems == 0 && MaxItems == int.MaxValue && Contains.Length == 0 && Unique is null;

    /// <summary>What the item at a place must be.</summary>
    public SchemaExpression ValueAt(int index) => index < Prefix.Length ? Prefix[index] : Rest;

    public ArrayShape With(int evaluated, SchemaExpression evaluatedItems) => new()
    {
        Prefix = Prefix,
        Rest = Rest,
        MinItems = MinItems,
        MaxItems = MaxItems,
        Contains = Contains,
        Unique = Unique,
        Counter = Counter,
        Evaluated = evaluated,
        EvaluatedItems = evaluatedItems,
    };
}
