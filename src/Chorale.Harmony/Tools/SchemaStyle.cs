namespace Chorale.Harmony;

/// <summary>How the JSON Schema of a tool becomes the TypeScript that the model is shown.</summary>
public enum SchemaStyle
{
    /// <summary>As openai-harmony 0.0.8 writes it, byte for byte; never fails. What it does not know is <c>any</c>.</summary>
    Official,

    /// <summary>
    /// The official text wherever the official type contains no <c>any</c>; any other schema is written with everything it says. One
    /// that cannot be read is a <see cref="SchemaException"/>.
    /// </summary>
    Complete,
}
