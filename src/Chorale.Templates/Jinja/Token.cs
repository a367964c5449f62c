namespace Chorale.Templates;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its characters; for a text literal its value.</param>
/// <param name="Line">Where it begins, from 1.</param>
readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind is TokenKind.Name or TokenKind.Operator && Text == text;

    /// <summary>What it is, in the words of an error.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.Data => "text",
        TokenKind.PrintBegin => "'{{'",
        TokenKind.PrintEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.Text => "a text",
        TokenKind.End => "the end of the template",
        _ => $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'",
    };
}
