namespace Chorale.Server;

/// <summary>One event of a stream.</summary>
sealed record ChatCompletionChunk
{
    public required string Id { get; init; }

    public string Object => "chat.completion.chunk";

    /// <summary>Seconds since 1970, the same on all chunks.</summary>
    public required long Created { get; init; }

    public required string Model { get; init; }

    public required string SystemFingerprint { get; init; }

    public required IReadOnlyList<ChatChunkChoice> Choices { get; init; }

    /// <summary>On the last chunk, where the stream options ask for it.</summary>
    public CompletionUsage? Usage { get; init; }

    /// <inheritdoc cref="ChatCompletion.PromptTokenIds"/>
    public IReadOnlyList<int>? PromptTokenIds { get; init; }

    /// <inheritdoc cref="ChatCompletion.Warnings"/>
    public IReadOnlyList<string>? Warnings { get; init; }
}
