namespace Chorale.Training;

/// <summary>A row as bytes of its <see cref="RecordBatch"/>.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Line">The line of the file that it begins on, from 1.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
readonly record struct RawRecord(int Start, int Length, long Line, string? Problem = null);
