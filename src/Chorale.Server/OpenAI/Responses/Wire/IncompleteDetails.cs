namespace Chorale.Server;

/// <summary>Why a response is incomplete.</summary>
/// <param name="Reason"><c>max_output_tokens</c>, or <c>interrupted</c> where the process that made it went down.</param>
sealed record IncompleteDetails(string Reason)
{
    public const string MaxOutputTokens = "max_output_tokens", Interrupted = "interrupted";
}
