using Chorale.Chat;

namespace Chorale.Server;

/// <summary>What a request cost, as Chat Completions and Completions count it.</summary>
sealed record CompletionUsage
{
    public required int PromptTokens { get; init; }

    public required int CompletionTokens { get; init; }

    public int TotalTokens => PromptTokens + CompletionTokens;

    public required PromptTokensDetails PromptTokensDetails { get; init; }

    public required CompletionTokensDetails CompletionTokensDetails { get; init; }

    /// <summary>The usage of several answers to one prompt, which counts once.</summary>
    public static CompletionUsage Of(IReadOnlyCollection<ChatUsage> choices) => new()
    {
        PromptTokens = choices.Max(usage => usage.PromptTokens),
        CompletionTokens = choices.Sum(usage => usage.CompletionTokens),
        PromptTokensDetails = new(choices.Min(usage => usage.CachedPromptTokens)),
        CompletionTokensDetails = new(choices.Sum(usage => usage.ReasoningTokens)),
    };
}
