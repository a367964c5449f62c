using System.Globalization;

namespace Chorale.Chat;

/// <summary>Fewer ids may follow than the shortest text takes that would be right. Known before anything is generated.</summary>
/// <param name="needed">Ids that the shortest right text takes.</param>
/// <param name="given">Ids that may follow: the limit that was asked for, or what the prompt leaves of the context.</param>
public sealed class BudgetTooSmallException(int needed, int given)
    : ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The shortest text that the constraint allows takes {needed} ids, but no more than {given} may follow."))
{
    /// <summary>Ids that the shortest right text takes.</summary>
    public int Needed { get; } = needed;

    /// <summary>Ids that may follow.</summary>
    public int Given { get; } = given;
}
