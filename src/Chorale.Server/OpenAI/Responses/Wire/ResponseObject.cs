using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>The response object. Every field is written, also where it is null: clients with strict schemas demand it.</summary>
sealed record ResponseObject
{
    public required string Id { get; init; }

    public string Object { get; } = "response";

    /// <summary>Seconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    public required string Status { get; init; }

    public bool Background { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CompletedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseError? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IncompleteDetails? IncompleteDetails { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Instructions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? MaxOutputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? MaxToolCalls { get; init; }

    public required string Model { get; init; }

    public IReadOnlyList<OutputItem> Output { get; init; } = [];

    public bool ParallelToolCalls { get; init; } = true;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? PreviousResponseId { get; init; }

    /// <summary>Never set: a prompt template is refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Prompt { get; init; }

    /// <summary>Never set: a conversation is refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Conversation { get; init; }

    /// <summary>Never set: nothing is moderated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Moderation { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? PromptCacheKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? PromptCacheRetention { get; init; }

    public required ReasoningSetting Reasoning { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? SafetyIdentifier { get; init; }

    public string ServiceTier { get; init; } = "default";

    public bool Store { get; init; } = true;

    public double Temperature { get; init; } = 1;

    public required TextSetting Text { get; init; }

    public required JsonElement ToolChoice { get; init; }

    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    public int TopLogprobs { get; init; }

    public double TopP { get; init; } = 1;

    public double PresencePenalty { get; init; }

    public double FrequencyPenalty { get; init; }

    public string Truncation { get; init; } = "disabled";

    /// <summary>Null until the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseUsage? Usage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? User { get; init; }

    public required JsonElement Metadata { get; init; }

    /// <summary>What of the request was left out, and why; null where nothing was.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Where the model left the Harmony format in this answer, by the names of the repairs; null where all was well.</summary>
    public IReadOnlyList<string>? Repairs { get; init; }
}
