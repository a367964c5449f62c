namespace Chorale.Inference;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The last id is one of <see cref="GenerationRequest.StopIds"/>.</summary>
    Stop,

    /// <summary><see cref="GenerationRequest.MaxTokens"/> was reached.</summary>
    MaxTokens,

    /// <summary>Prompt and answer fill the context.</summary>
    ContextLength,

    /// <summary>The constraint allows nothing more.</summary>
    Constraint,
}
