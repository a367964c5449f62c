namespace Chorale.Grammar;

/// <summary>A token of a Lark grammar.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Text">How it is written.</param>
readonly record struct LarkToken(LarkTokenKind Kind, int Offset, string Text)
{
    public bool IsSymbol(string symbol) => Kind == LarkTokenKind.Symbol && Text == symbol;

    public override string ToString() => Kind switch
    {
        LarkTokenKind.End => "the end of the grammar",
        LarkTokenKind.LineBreak => "the end of the line",
        LarkTokenKind.String or LarkTokenKind.Regex => GrammarText.Shorten(Text),
        _ => $"'{GrammarText.Shorten(Text)}'",
    };
}
