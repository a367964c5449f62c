using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>The arguments of <c>encode_conversations_with_harmony</c>, with its defaults.</summary>
public sealed record HarmonyEncodingOptions
{
    /// <summary>Which of its rules.</summary>
    public HarmonyEncodingRule Rule { get; init; }

    /// <summary>The effort.</summary>
    public ReasoningEffort ReasoningEffort { get; init; } = ReasoningEffort.Medium;

    /// <summary>Whether the start of the assistant's next message stands at the end.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>The list of tools as JSON, <c>[{"function":{"name","description","parameters"}}]</c>; an empty list counts as given, null does not.</summary>
    public string? Tools { get; init; }

    /// <summary>The developer's instructions; empty ones count as given, null do not.</summary>
    public string? DeveloperInstructions { get; init; }

    /// <summary>The first line of the system message.</summary>
    public string ModelIdentity { get; init; } = "You are ChatGPT, a large language model trained by OpenAI.";

    /// <summary>The day, which the function takes from the clock.</summary>
    public required DateOnly Date { get; init; }
}
