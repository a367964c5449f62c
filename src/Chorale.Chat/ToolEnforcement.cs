namespace Chorale.Chat;

/// <summary>Whether calls are held to their tools' schemas while they are generated.</summary>
public enum ToolEnforcement
{
    /// <summary>A call holds what the schema allows; what of a schema cannot be enforced is left out, and a schema that cannot be at all is any JSON object.</summary>
    Lenient,

    /// <summary>The same, but a schema that cannot be enforced fails the turn.</summary>
    Strict,

    /// <summary>Calls are not held to anything.</summary>
    Off,
}
