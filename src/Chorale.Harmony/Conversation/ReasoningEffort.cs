namespace Chorale.Harmony;

/// <summary>How long the model thinks; the system message says so as <c>Reasoning: low|medium|high</c>.</summary>
public enum ReasoningEffort
{
    /// <summary>Short or no reasoning.</summary>
    Low,

    /// <summary>The default.</summary>
    Medium,

    /// <summary>Long reasoning.</summary>
    High,
}
