namespace Chorale.Server;

/// <summary>How a client wants to read an answer.</summary>
sealed record ChatAnswerForm
{
    /// <summary>Whether reasoning is given at all.</summary>
    public bool ShowsReasoning { get; init; } = true;

    /// <summary>Under which names it is given.</summary>
    public ReasoningFields ReasoningFields { get; init; } = ReasoningFields.Both;

    /// <summary>Whether the log-probabilities of the visible ids are given.</summary>
    public bool WithLogprobs { get; init; }

    /// <summary>Whether calls are given in the older form, <c>function_call</c>.</summary>
    public bool UsesFunctions { get; init; }

    /// <summary>Whether the answer is held to a format.</summary>
    public bool HasFormat { get; init; }

    /// <summary>Names of the tools that take text.</summary>
    public IReadOnlySet<string> CustomTools { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Ids that end an answer beside the model's own.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];
}
