namespace Chorale.Chat.Tests;

/// <summary>What a place is called.</summary>
public sealed record PlaceName
{
    /// <summary>In the language of the place.</summary>
    public required string Local { get; init; }
}
