namespace Chorale.Server;

/// <summary>Ids of a text or a conversation.</summary>
/// <param name="Tokens">The ids, or with <c>with_pieces</c> objects of id and piece.</param>
/// <param name="MaxModelLen">How many ids prompt and answer may hold together.</param>
sealed record TokenizeResult(IReadOnlyList<TokenPiece> Tokens, int MaxModelLen)
{
    public int Count => Tokens.Count;

    /// <summary>The text of each id, where <c>return_token_strs</c> asks for it.</summary>
    public IReadOnlyList<string>? TokenStrs { get; init; }
}
