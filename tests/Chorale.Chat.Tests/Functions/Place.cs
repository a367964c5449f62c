namespace Chorale.Chat.Tests;

/// <summary>A place on a map.</summary>
/// <param name="City">The city that it is in.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Near">What is near it.</param>
public sealed record Place(string City, PlaceKind Kind, IReadOnlyList<PlaceName> Near)
{
    /// <summary>How high it lies, in metres.</summary>
    public int? Height { get; init; }
}
