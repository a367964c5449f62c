namespace Chorale.Harmony;

/// <summary>What a <see cref="RenderCache"/> has done since it was made, and what it holds.</summary>
public sealed record RenderCacheStatistics
{
    /// <summary>Messages whose ids were there.</summary>
    public long Hits { get; init; }

    /// <summary>Messages that had to be encoded.</summary>
    public long Misses { get; init; }

    /// <summary>Ids of the hits, without the one that ends each message.</summary>
    public long IdsReused { get; init; }

    /// <summary>Ids of the misses, without the one that ends each message.</summary>
    public long IdsEncoded { get; init; }

    /// <summary>Messages that made room for others.</summary>
    public long Evictions { get; init; }

    /// <summary>Messages that are held now.</summary>
    public int Entries { get; init; }

    /// <summary>Ids that are held now, at most <see cref="RenderCache.CapacityInIds"/>.</summary>
    public int IdsHeld { get; init; }
}
