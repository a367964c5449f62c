namespace Chorale.Server;

/// <summary>What a store keeps at most. A response that is still being made is never dropped.</summary>
sealed record StoreLimits
{
    /// <summary>Responses; the least recently used go first.</summary>
    public int Responses { get; init; } = 10_000;

    /// <summary>How long a response is kept after its last use.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of all responses that are kept in memory, about.</summary>
    public long MemoryBytes { get; init; } = 512L << 20;
}
