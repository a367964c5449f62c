namespace Chorale.Harmony;

/// <summary>What else the text of a message depends on: a <see cref="RenderCache"/> keeps one rendering for each. Text parts depend on nothing.</summary>
/// <param name="HasFunctionTools">Whether the system message says that calls go to commentary.</param>
/// <param name="Schemas">How the tools' schemas are written.</param>
readonly record struct RenderContext(bool HasFunctionTools, SchemaStyle Schemas);
