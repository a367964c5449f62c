namespace Chorale.Server;

/// <summary>Under which names Chat Completions gives reasoning.</summary>
public enum ReasoningFields
{
    /// <summary>Both names, as clients read either.</summary>
    Both,

    /// <summary><c>reasoning</c>.</summary>
    Reasoning,

    /// <summary><c>reasoning_content</c>.</summary>
    ReasoningContent,

    /// <summary>Neither.</summary>
    None,
}
