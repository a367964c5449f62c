namespace Chorale.Server;

/// <summary>Of the ids of the prompt, those that the engine still knew.</summary>
sealed record InputTokensDetails(int CachedTokens, int CacheWriteTokens);
