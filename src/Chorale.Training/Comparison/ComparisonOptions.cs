namespace Chorale.Training;

/// <summary>How a history is rendered for comparison.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The day in system messages.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Whether the head of the assistant's next message stands at the end; null does that where the last message is not the assistant's.</summary>
    public bool? AddGenerationPrompt { get; init; }

    /// <summary>Whether templates are given the normalised history.</summary>
    public bool Normalize { get; init; }
}
