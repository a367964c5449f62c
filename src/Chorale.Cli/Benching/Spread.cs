using System.Globalization;

namespace Chorale.Cli;

/// <summary>What several measurements of one thing lie between.</summary>
/// <param name="Median">The middle one; of two middle ones, their mean.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>Of at least one value.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>As <c>12.6 (12.4..12.9)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:N1} ({Min:N1}..{Max:N1})");
}
