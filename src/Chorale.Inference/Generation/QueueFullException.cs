namespace Chorale.Inference;

/// <summary>As many requests wait as may; this one was refused and may be tried again later.</summary>
public sealed class QueueFullException(int parallel, int queueLength)
    : InvalidOperationException($"{parallel} answers are in the making and {queueLength} requests wait, which is as many as may.")
{
    /// <summary>How many answers are made at the same time.</summary>
    public int Parallel { get; } = parallel;

    /// <summary>How many requests may wait.</summary>
    public int QueueLength { get; } = queueLength;
}
