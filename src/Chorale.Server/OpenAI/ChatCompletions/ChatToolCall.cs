namespace Chorale.Server;

/// <summary>A call, or in a stream what joins one.</summary>
sealed record ChatToolCall
{
    /// <summary>In a stream, which call of the answer it is.</summary>
    public int? Index { get; init; }

    public string? Id { get; init; }

    /// <summary><c>function</c> or <c>custom</c>.</summary>
    public string? Type { get; init; }

    public ChatFunction? Function { get; init; }

    public ChatCustomCall? Custom { get; init; }
}
