namespace Chorale.Grammar;

/// <summary>A grammar that was written in a notation.</summary>
/// <param name="grammar">The grammar.</param>
/// <param name="written">The notation, and the text.</param>
sealed class NotationSource(NotatedGrammar grammar, (string Notation, string Text) written) : GrammarSource(written)
{
    public NotatedGrammar Grammar => grammar;

    internal override int AddTo(GrammarBuilder builder) => new NetworkWriter(Grammar, builder).Write();
}
