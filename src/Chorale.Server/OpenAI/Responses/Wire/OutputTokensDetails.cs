namespace Chorale.Server;

/// <summary>Of the generated ids, those of reasoning.</summary>
sealed record OutputTokensDetails(int ReasoningTokens);
