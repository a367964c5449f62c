namespace Chorale.Server;

/// <summary>What joins a message; what is null does not change.</summary>
sealed record ChatDelta
{
    public string? Role { get; init; }

    public string? Content { get; init; }

    /// <inheritdoc cref="ChatAnswer.Reasoning"/>
    public string? Reasoning { get; init; }

    /// <inheritdoc cref="ChatAnswer.ReasoningContent"/>
    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    public ChatFunction? FunctionCall { get; init; }
}
