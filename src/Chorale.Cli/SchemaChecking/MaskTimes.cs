using System.Diagnostics;

namespace Chorale.Cli;

/// <summary>How long masks took.</summary>
sealed class MaskTimes
{
    readonly List<long> _ticks = [];

    public int Count => _ticks.Count;

    public double MeanMicroseconds => _ticks.Count == 0 ? 0 : Microseconds(_ticks.Average());

    /// <summary>So that one in a hundred took longer.</summary>
    public double HighMicroseconds
    {
        get
        {
            long[] sorted = [.. _ticks.Order()];
            return sorted.Length == 0 ? 0 : Microseconds(sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1]);
        }
    }

    public void Add(long ticks) => _ticks.Add(ticks);

    public static double Microseconds(double ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
