using Chorale.Chat;

namespace Chorale.Server;

/// <summary>What a response cost, in ids.</summary>
sealed record ResponseUsage(int InputTokens, InputTokensDetails InputTokensDetails, int OutputTokens, OutputTokensDetails OutputTokensDetails, int TotalTokens)
{
    public static ResponseUsage Of(ChatUsage usage) => new(
        usage.PromptTokens,
        new(usage.CachedPromptTokens, CacheWriteTokens: 0),
        usage.CompletionTokens,
        new(usage.ReasoningTokens),
        usage.TotalTokens);
}
