namespace Chorale.Inference;

/// <summary>An id and the natural logarithm of its probability, before temperature, filters and constraint.</summary>
public readonly record struct TokenLogProbability(int Id, float LogProbability);
