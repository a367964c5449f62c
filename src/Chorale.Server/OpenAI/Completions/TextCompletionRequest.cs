using Chorale.Grammar;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>A request of Completions, read and checked.</summary>
sealed record TextCompletionRequest
{
    /// <summary>The prompts, at least one.</summary>
    public required IReadOnlyList<TextPrompt> Prompts { get; init; }

    /// <summary>How many answers to each.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>At most so many ids an answer; null goes on until the context is full.</summary>
    public int? MaxTokens { get; init; }

    public required SamplingOptions Sampling { get; init; }

    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Ids that end an answer and are told as its reason.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Whether the model's own ends are passed over.</summary>
    public bool IgnoresEnd { get; init; }

    /// <summary>Whether what ended an answer stays in its text.</summary>
    public bool IncludesStop { get; init; }

    /// <summary>Whether control tokens are left out of the text.</summary>
    public bool SkipsSpecials { get; init; } = true;

    /// <summary>Whether the prompt stands before the answer.</summary>
    public bool Echo { get; init; }

    /// <summary>How many rivals of each id are told; null tells no log-probabilities.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>What the answer must be; null is any text.</summary>
    public GrammarSource? Format { get; init; }

    public bool ReturnsTokenIds { get; init; }

    public bool Stream { get; init; }

    public bool IncludesUsage { get; init; }
}
