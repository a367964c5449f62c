namespace Chorale.Server;

/// <summary>A whole answer of Chat Completions.</summary>
sealed record ChatCompletion
{
    public required string Id { get; init; }

    public string Object => "chat.completion";

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    public required CompletionUsage Usage { get; init; }

    public string ServiceTier => "default";

    public required string SystemFingerprint { get; init; }

    /// <summary>The effort that the model was told, of ours: the names none, minimal, xhigh and max have no word of their own in Harmony.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>The rendered prompt, where <c>return_token_ids</c> asks for it.</summary>
    public IReadOnlyList<int>? PromptTokenIds { get; init; }

    /// <summary>What of the request was passed over; null where nothing was.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}
