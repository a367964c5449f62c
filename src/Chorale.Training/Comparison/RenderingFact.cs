namespace Chorale.Training;

/// <summary>Something that renderings are compared in.</summary>
/// <param name="Name">What.</param>
/// <param name="Values">How each rendering has it, in their order.</param>
public sealed record RenderingFact(string Name, IReadOnlyList<string> Values);
