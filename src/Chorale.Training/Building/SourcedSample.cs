namespace Chorale.Training;

/// <summary>A sample, and where it is from.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line that its row begins on, from 1.</param>
public sealed record SourcedSample(TrainingSample Sample, string File, long Line);
