namespace Chorale.Inference;

/// <summary>The rows of a batch that continue one sequence.</summary>
/// <param name="Sequence">Which; it stands in a batch once.</param>
/// <param name="Start">The first row: where the part before it ends.</param>
/// <param name="Count">How many rows, at least 1.</param>
readonly record struct BatchPart(IEngineSequence Sequence, int Start, int Count);
