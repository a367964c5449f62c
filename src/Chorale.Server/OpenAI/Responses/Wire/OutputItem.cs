namespace Chorale.Server;

/// <summary>An item of the answer: reasoning, a message, a call. What a type does not have is null, and then not written.</summary>
sealed record OutputItem
{
    public required string Id { get; init; }

    /// <summary><c>reasoning</c>, <c>message</c>, <c>function_call</c>, <c>custom_tool_call</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c>, <c>incomplete</c>.</summary>
    public required string Status { get; init; }

    /// <summary>A message's: <c>assistant</c>.</summary>
    public string? Role { get; init; }

    /// <summary>A message's: <c>commentary</c> for what is said before calls, <c>final_answer</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>A reasoning's, empty unless it was asked for.</summary>
    public IReadOnlyList<OutputPart>? Summary { get; init; }

    /// <summary>A reasoning's or a message's.</summary>
    public IReadOnlyList<OutputPart>? Content { get; init; }

    /// <summary>A reasoning's, sealed, where it was asked for.</summary>
    public string? EncryptedContent { get; init; }

    /// <summary>What the result of a call will name.</summary>
    public string? CallId { get; init; }

    public string? Name { get; init; }

    /// <summary>The namespace of a called function, where it is another than <c>functions</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>A function call's: JSON.</summary>
    public string? Arguments { get; init; }

    /// <summary>A custom tool call's: text.</summary>
    public string? Input { get; init; }
}
