namespace Chorale.Inference;

/// <summary>The prompt leaves no room for an answer in the context.</summary>
public sealed class PromptTooLongException(int promptLength, int contextLength)
    : ArgumentException($"The prompt has {promptLength} ids; the context holds {contextLength}, prompt and answer together.")
{
    /// <summary>How many ids the prompt has.</summary>
    public int PromptLength { get; } = promptLength;

    /// <summary>How many ids fit, prompt and answer together.</summary>
    public int ContextLength { get; } = contextLength;
}
