namespace Chorale.Harmony;

/// <summary>
/// A form that the answer may be asked to have: a section under <c># Response Formats</c> of the developer message. It asks; only a
/// constraint while sampling enforces.
/// </summary>
/// <param name="Name">The heading.</param>
/// <param name="Schema">The JSON Schema, shown as it was written.</param>
/// <param name="Description">What it is for; each line becomes a comment. Null leaves it out.</param>
public sealed record ResponseFormat(string Name, JsonSchema Schema, string? Description = null);
