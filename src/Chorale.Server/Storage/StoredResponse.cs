namespace Chorale.Server;

/// <summary>A response as a store keeps it, without its events.</summary>
sealed record StoredResponse
{
    public required string Id { get; init; }

    /// <summary>The response that it goes on from; null where it begins a conversation.</summary>
    public string? PreviousId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ResponseStatus Status { get; init; }

    /// <summary>The items that the client sent, a JSON array in UTF-8, each with an id.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The response object in UTF-8, as of its last change of status.</summary>
    public required ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>The process that makes it, or made it, by its number; a store in memory has but one.</summary>
    public long Owner { get; init; }

    /// <summary>Whether it has not ended, and never will: the process that made it is gone.</summary>
    public bool IsOrphaned { get; init; }
}
