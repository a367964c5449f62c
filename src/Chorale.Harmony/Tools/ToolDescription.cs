namespace Chorale.Harmony;

/// <summary>One function of a namespace.</summary>
/// <param name="Name">Its name, without the namespace.</param>
/// <param name="Description">What it does; each line becomes a comment.</param>
/// <param name="Parameters">The JSON Schema of its one argument; null for a function without.</param>
public sealed record ToolDescription(string Name, string Description, JsonSchema? Parameters = null)
{
    /// <summary>
    /// The JSON Schema of its result, shown in <see cref="SchemaStyle.Complete"/> only; null is <c>any</c>, as the official style
    /// always writes.
    /// </summary>
    public JsonSchema? Returns { get; init; }
}
