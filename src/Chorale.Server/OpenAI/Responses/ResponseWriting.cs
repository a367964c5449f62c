using Chorale.Tokenization;

namespace Chorale.Server;

/// <summary>What of a turn a response tells, and how.</summary>
sealed record ResponseWriting
{
    public static ResponseWriting Default { get; } = new();

    /// <summary>The tools that take text: their calls are custom ones.</summary>
    public IReadOnlySet<string> CustomTools { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the answer has a format, so that one that was shortened is whole all the same.</summary>
    public bool HasFormat { get; init; }

    /// <summary>Whether reasoning is told as its summary too.</summary>
    public bool Summary { get; init; }

    /// <summary>Seals reasoning; null leaves it unsealed.</summary>
    public ReasoningSeal? Seal { get; init; }

    /// <summary>Whether output text comes with log-probabilities; that needs the <see cref="Tokenizer"/>.</summary>
    public bool Logprobs { get; init; }

    /// <summary>Spells ids.</summary>
    public Tokenizer? Tokenizer { get; init; }
}
