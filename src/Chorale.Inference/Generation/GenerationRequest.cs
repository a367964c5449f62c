namespace Chorale.Inference;

/// <summary>A prompt and how to continue it.</summary>
public sealed record GenerationRequest
{
    /// <summary>The ids to continue, at least one. It is copied when the stream begins.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>Ids that end the answer; the one that did is part of it.</summary>
    public IReadOnlyList<int> StopIds { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>At most this many ids, 0 or more; null goes on until the context is full.</summary>
    public int? MaxTokens { get; init => field = OptionRange.AtLeast(value, 0); }

    /// <summary>How an id is chosen from the logits.</summary>
    public SamplingOptions Sampling { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>Says which ids may follow; null allows all. It is told of each id and belongs to this one request.</summary>
    public ITokenConstraint? Constraint { get; init; }

    /// <summary>
    /// Ids that end a part of the prompt (a message): where a later prompt may part from this one, because something old is left out of it. The
    /// engine keeps what it takes to go back to such places.
    /// </summary>
    public IReadOnlyList<int> BoundaryIds { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>Null computes no log-probabilities, 0 that of each chosen id, n those of the n most likely ids too.</summary>
    public int? TopLogProbabilities { get; init => field = OptionRange.AtLeast(value, 0); }
}
