namespace Chorale.Server;

/// <summary>Ids of the prompt.</summary>
/// <param name="CachedTokens">Those that were still in the cache and not computed again.</param>
sealed record PromptTokensDetails(int CachedTokens)
{
    public int AudioTokens => 0;
}
