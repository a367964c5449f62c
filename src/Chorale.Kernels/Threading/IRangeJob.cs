namespace Chorale.Kernels;

/// <summary>Work that a <see cref="WorkerPool"/> splits: items 0 to n, in any order, on any of its threads, each exactly once.</summary>
interface IRangeJob
{
    /// <summary>Does items <paramref name="start"/> to <paramref name="end"/>; called by several threads at a time for different ranges.</summary>
    void Run(int start, int end);
}
