using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>An id and the natural logarithm of its probability, before temperature, filters and constraint.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenLogProbability(int Id, float LogProbability);
