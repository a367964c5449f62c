namespace Chorale.Server;

/// <summary>How many ids a prompt has.</summary>
sealed record InputTokenCount(int InputTokens)
{
    public string Object { get; } = "response.input_tokens";
}
