namespace Chorale.Harmony;

/// <summary>What checking and fixing know beyond the conversation.</summary>
public sealed record CheckOptions
{
    /// <summary>No date.</summary>
    public static CheckOptions Default { get; } = new();

    /// <summary>The date that fixing may add to a system message without one; null adds none.</summary>
    public DateOnly? Date { get; init; }
}
