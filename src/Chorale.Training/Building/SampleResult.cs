namespace Chorale.Training;

/// <summary>A sample and its line.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="Split">The place of its part.</param>
/// <param name="First">Half of a hash of what it holds.</param>
/// <param name="Second">The other half.</param>
/// <param name="Start">Where its line begins in the lines of its batch.</param>
/// <param name="Length">How long its line is; 0 where none is written.</param>
readonly record struct SampleResult(TrainingSample Sample, int Split, ulong First, ulong Second, int Start, int Length);
