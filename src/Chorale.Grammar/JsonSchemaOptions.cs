namespace Chorale.Grammar;

/// <summary>How a JSON Schema becomes a grammar. Immutable.</summary>
public sealed record JsonSchemaOptions
{
    /// <summary>The defaults.</summary>
    public static JsonSchemaOptions Default { get; } = new();

    /// <summary>Where white space may stand.</summary>
    public JsonWhitespace Whitespace { get; init; } = JsonWhitespace.Compact;

    /// <summary>The longest run of white space under <see cref="JsonWhitespace.Flexible"/>, in [1, 1000].</summary>
    public int MaxWhitespace
    {
        get;
        init => field = value is >= 1 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A run of white space has 1 to 1000 characters.");
    } = 64;

    /// <summary>Leaves out what cannot be enforced, and lists it, where otherwise the schema is refused.</summary>
    public bool Lenient { get; init; }
}
