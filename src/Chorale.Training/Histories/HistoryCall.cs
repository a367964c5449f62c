namespace Chorale.Training;

/// <summary>A call of a tool.</summary>
/// <param name="Name">The function without its namespace, or a built-in tool's whole name, <c>browser.search</c>.</param>
/// <param name="Arguments">The arguments as the model writes them; JSON unless <paramref name="IsJson"/> is false.</param>
/// <param name="IsJson">Whether the arguments are valid JSON.</param>
public sealed record HistoryCall(string Name, string Arguments, bool IsJson = true)
{
    /// <summary>What the result refers to; null where the history does without.</summary>
    public string? Id { get; init; }

    /// <summary>The content type in the header; null leaves it to who renders.</summary>
    public string? ContentType { get; init; }
}
