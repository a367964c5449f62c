namespace Chorale.Training;

/// <summary>The days that system messages name: one, or one of a span, told for each conversation by its stable hash.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, not before the first.</param>
public readonly record struct DateSpan(DateOnly First, DateOnly Last)
{
    /// <summary>Always the same day.</summary>
    public static DateSpan Fixed(DateOnly day) => new(day, day);

    internal DateOnly Of(ulong hash) => First.AddDays((int)(hash % (ulong)(Last.DayNumber - First.DayNumber + 1)));
}
