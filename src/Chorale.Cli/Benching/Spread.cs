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

    /// <summary>As <c>12.6 (12.4..12.9)</c>, or <c>1,268 (1,240..1,291)</c>.</summary>
    public override string ToString()
    {
        string format = Median < 1000 ? "N1" : "N0";
        return $"{Text(Median)} ({Text(Min)}..{Text(Max)})";

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
