namespace Chorale.Grammar;

/// <summary>Sums of costs, in tokens, that stay where they are once impossible.</summary>
static class Costs
{
    /// <summary>More than any budget.</summary>
    public const int Impossible = int.MaxValue / 2;

    public static int Sum(int a, int b) => Math.Min(a + b, Impossible);
}
