using System.Runtime.InteropServices;

namespace Chorale.Cli;

/// <summary>A bar of a histogram.</summary>
/// <param name="First">The least length in it.</param>
/// <param name="Last">The greatest.</param>
/// <param name="Count">How many samples.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct LengthBin(int First, int Last, long Count)
{
    /// <summary>Up to some twenty bars of the same round width.</summary>
    public static IReadOnlyList<LengthBin> Of(IReadOnlyDictionary<int, long> lengths)
    {
        const int Most = 20;
        if (lengths.Count == 0)
            return [];
        int max = lengths.Keys.Max(), min = lengths.Keys.Min(), width = 1;
        for (int step = 0; (max / width) - (min / width) + 1 > Most; step++)
            width = (int)Math.Min(int.MaxValue, (step % 3 == 1 ? 2.5 : 2) * width);   // 1, 2, 5, 10, 20, …
        int first = min / width;
        long[] counts = new long[(max / width) - first + 1];
        foreach ((int length, long count) in lengths)
            counts[(length / width) - first] += count;
        return [.. counts.Select((count, i) => new LengthBin((first + i) * width, (int)Math.Min(int.MaxValue, ((first + i + 1L) * width) - 1), count))];
    }
}
