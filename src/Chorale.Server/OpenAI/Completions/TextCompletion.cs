namespace Chorale.Server;

/// <summary>An answer of Completions, or one event of its stream: both have the same form.</summary>
sealed record TextCompletion
{
    public required string Id { get; init; }

    public string Object => "text_completion";

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<TextChoice> Choices { get; init; }

    /// <summary>Null on the events of a stream but the last, where the stream options ask for it.</summary>
    public CompletionUsage? Usage { get; init; }

    public required string SystemFingerprint { get; init; }
}
