namespace Chorale.Server;

/// <summary>The text of ids, under the names of vLLM and of llama-server.</summary>
sealed record DetokenizeResult(string Prompt)
{
    public string Content => Prompt;
}
