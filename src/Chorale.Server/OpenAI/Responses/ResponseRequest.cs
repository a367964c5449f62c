using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>A request to make a response, read and checked as far as it can be by itself. What is echoed outlives the request's document.</summary>
sealed record ResponseRequest
{
    /// <summary>The name that the request has for the model; null is the served one.</summary>
    public string? Model { get; init; }

    /// <summary>The items that the client sent; a mere text is one message of the user.</summary>
    public IReadOnlyList<RequestValue> Input { get; init; } = [];

    public string? Instructions { get; init; }

    public string? PreviousResponseId { get; init; }

    public bool Stream { get; init; }

    public bool Store { get; init; } = true;

    public bool Background { get; init; }

    public int? MaxOutputTokens { get; init; }

    public int? MaxToolCalls { get; init; }

    public bool ParallelToolCalls { get; init; } = true;

    public EffortRequest Effort { get; init; } = EffortRequest.Default;

    /// <summary>The summary of reasoning that was asked for; null none.</summary>
    public string? Summary { get; init; }

    /// <summary>Whether old reasoning is kept after an answer.</summary>
    public bool KeepsReasoning { get; init; }

    /// <summary>What the answer must be; null is any text.</summary>
    public AnswerFormat? Format { get; init; }

    public required JsonElement FormatEcho { get; init; }

    public string Verbosity { get; init; } = "medium";

    public ToolDeclarations Tools { get; init; } = ToolDeclarations.None;

    public IReadOnlyList<JsonElement> ToolsEcho { get; init; } = [];

    public HarmonyToolChoice ToolChoice { get; init; } = HarmonyToolChoice.Auto;

    public required JsonElement ToolChoiceEcho { get; init; }

    /// <summary>Whether the oldest messages are left out where the prompt does not fit.</summary>
    public bool Truncates { get; init; }

    public required SamplingOptions Sampling { get; init; }

    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Whether output text comes with log-probabilities.</summary>
    public bool Logprobs { get; init; }

    /// <summary>How many of the likeliest ids come with each.</summary>
    public int TopLogprobs { get; init; }

    /// <summary>Whether reasoning comes sealed too.</summary>
    public bool SealsReasoning { get; init; }

    public required JsonElement Metadata { get; init; }

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? PromptCacheKey { get; init; }

    public string? PromptCacheRetention { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>What was left out, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The response as it begins.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="model">What the model is called.</param>
    /// <param name="createdAt">Seconds since 1970.</param>
    /// <param name="warnings">What was left out, in words, with <see cref="Warnings"/>.</param>
    public ResponseObject ToResponse(string id, string model, long createdAt, IReadOnlyList<string> warnings) => new()
    {
        Id = id,
        CreatedAt = createdAt,
        Status = (Background ? ResponseStatus.Queued : ResponseStatus.InProgress).NameOf(),
        Background = Background,
        Instructions = Instructions,
        MaxOutputTokens = MaxOutputTokens,
        MaxToolCalls = MaxToolCalls,
        Model = model,
        ParallelToolCalls = ParallelToolCalls,
        PreviousResponseId = PreviousResponseId,
        PromptCacheKey = PromptCacheKey,
        PromptCacheRetention = PromptCacheRetention,
        Reasoning = new(Effort.Effective, Summary),
        SafetyIdentifier = SafetyIdentifier,
        ServiceTier = ServiceTier is null or "auto" ? "default" : ServiceTier,
        Store = Store,
        Temperature = Shown(Sampling.Temperature),
        Text = new(FormatEcho, Verbosity),
        ToolChoice = ToolChoiceEcho,
        Tools = ToolsEcho,
        TopLogprobs = TopLogprobs,
        TopP = Shown(Sampling.TopP),
        PresencePenalty = Shown(Sampling.PresencePenalty),
        FrequencyPenalty = Shown(Sampling.FrequencyPenalty),
        Truncation = Truncates ? "auto" : "disabled",
        User = User,
        Metadata = Metadata,
        Warnings = warnings.Count > 0 ? warnings : null,
    };

    /// <summary>A number as it was sent: 0.7, not the float that is nearest to it.</summary>
    static double Shown(float value) => (double)(decimal)value;
}
