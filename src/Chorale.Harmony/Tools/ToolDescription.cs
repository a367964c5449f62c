namespace Chorale.Harmony;

/// <summary>One function of a namespace.</summary>
/// <param name="Name">Its name, without the namespace.</param>
/// <param name="Description">What it does; each line becomes a comment.</param>
/// <param name="Parameters">The JSON Schema of its one argument; null for a function without.</param>
public sealed record ToolDescription(string Name, string Description, JsonSchema? Parameters = null);
