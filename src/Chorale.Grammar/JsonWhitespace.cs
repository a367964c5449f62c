namespace Chorale.Grammar;

/// <summary>Where white space may stand in a JSON document, outside of its strings.</summary>
public enum JsonWhitespace
{
    /// <summary>Nowhere.</summary>
    Compact,

    /// <summary>One space after each colon and comma, or none.</summary>
    Spaced,

    /// <summary>Wherever JSON allows it, in runs of at most <see cref="JsonSchemaOptions.MaxWhitespace"/> characters.</summary>
    Flexible,
}
