namespace Chorale.Server;

/// <summary>Ids of the answer.</summary>
/// <param name="ReasoningTokens">Those on the channel <c>analysis</c>, headers and ends included.</param>
sealed record CompletionTokensDetails(int ReasoningTokens)
{
    public int AudioTokens => 0;

    public int AcceptedPredictionTokens => 0;

    public int RejectedPredictionTokens => 0;
}
