using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>What <c>chorale chat</c> was asked to do.</summary>
sealed record ChatSettings
{
    /// <summary>What is said; null holds a conversation.</summary>
    public string? Prompt { get; init; }

    public string? Instructions { get; init; }

    public ReasoningEffort Effort { get; init; } = ReasoningEffort.Medium;

    /// <summary>The day that the system message names.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Null takes greedy for the embedded model, 1 for any other.</summary>
    public float? Temperature { get; init; }

    public SamplingOptions Sampling { get; init; } = new();

    public int? MaxTokens { get; init; }

    /// <summary>What the answer must be; null is any text.</summary>
    public AnswerFormat? Answer { get; init; }

    /// <summary>What the model may call; null is nothing.</summary>
    public ToolSettings? Tools { get; init; }

    /// <summary>How many ids reasoning may take; null does not bound it.</summary>
    public int? MaxReasoningTokens { get; init; }

    /// <summary>Which old reasoning is left out of a prompt.</summary>
    public AnalysisDropping Drop { get; init; }

    public bool HideReasoning { get; init; }

    public bool Json { get; init; }

    public bool Raw { get; init; }

    public ChatSessionOptions ToSessionOptions(bool embedded) => new()
    {
        System = (SystemContent.Default with { ReasoningEffort = Effort }).WithDate(Date),
        Developer = Instructions is null && Tools is null ? null : Developer(),
        Sampling = Sampling with { Temperature = Temperature ?? (embedded ? 0 : 1) },
        MaxTokens = MaxTokens,
        Answer = Answer,
        MaxReasoningTokens = MaxReasoningTokens,
        AnalysisDropping = Drop,
    };

    DeveloperContent Developer() => (Tools?.Tools ?? []).Aggregate(new DeveloperContent { Instructions = Instructions }, (content, tools) => content.WithTools(tools.ToNamespace()));
}
