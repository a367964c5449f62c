namespace Chorale.Training;

/// <summary>Where a dictionary holds the assistant's reasoning.</summary>
public enum ReasoningForm
{
    /// <summary>Under <c>thinking</c>, as gpt-oss's template reads it.</summary>
    Thinking,

    /// <summary>Under <c>reasoning_content</c>, as Qwen's template and many servers have it.</summary>
    ReasoningContent,

    /// <summary>In <c>&lt;think&gt;…&lt;/think&gt;</c> at the head of the content.</summary>
    ThinkTags,
}
