namespace Chorale.Kernels;

/// <summary>Rows of a batch that are queries of one sequence.</summary>
/// <param name="Cache">The sequence's keys and values in this layer.</param>
/// <param name="Position">Of the first query.</param>
/// <param name="Start">Its row.</param>
/// <param name="Count">How many rows, at consecutive positions.</param>
readonly record struct AttentionSpan(LayerKeyValues Cache, int Position, int Start, int Count);
