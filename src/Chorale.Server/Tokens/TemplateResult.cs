namespace Chorale.Server;

/// <summary>A conversation as the model is given it.</summary>
/// <param name="Prompt">Text, control tokens spelled out.</param>
/// <param name="Tokens">Ids: the text alone cannot tell a control token from its spelling.</param>
sealed record TemplateResult(string Prompt, IReadOnlyList<int> Tokens)
{
    public int Count => Tokens.Count;
}
