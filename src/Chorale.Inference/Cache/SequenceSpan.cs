namespace Chorale.Inference;

/// <summary>The rows of a batch that continue one sequence, at the positions from <see cref="KvCache.Position"/> on.</summary>
/// <param name="Cache">The sequence so far; it stands in a batch once. It takes the keys and values of the rows.</param>
/// <param name="Start">The first row: where the rows of the sequence before it end.</param>
/// <param name="Count">How many rows, at least 1.</param>
readonly record struct SequenceSpan(KvCache Cache, int Start, int Count);
