namespace Chorale.Harmony;

/// <summary>A schema as it is written, with gaps where it mentions types that it declares.</summary>
/// <param name="Type">The type.</param>
/// <param name="Comments">What is said of it beside; null where nothing is.</param>
/// <param name="Declarations">The types it mentions, in order: what to call each, and <c>type Name = …;</c>.</param>
sealed record CompiledType(TypeText Type, TypeText? Comments, IReadOnlyList<(string Name, TypeText Text)> Declarations);
