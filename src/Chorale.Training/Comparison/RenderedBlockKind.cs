namespace Chorale.Training;

/// <summary>What a piece of a rendering is.</summary>
public enum RenderedBlockKind
{
    /// <summary>What stands before the first message.</summary>
    Beginning,

    /// <summary>A system message.</summary>
    System,

    /// <summary>A developer message.</summary>
    Developer,

    /// <summary>A user message.</summary>
    User,

    /// <summary>Reasoning, in a message of its own.</summary>
    Reasoning,

    /// <summary>A call, in a message of its own.</summary>
    Call,

    /// <summary>Any other words of the assistant's.</summary>
    Answer,

    /// <summary>A tool's result.</summary>
    Tool,

    /// <summary>The head of a message that the model is to write.</summary>
    Prompt,
}
