namespace Chorale.Grammar;

/// <summary>A grammar that was written in a notation.</summary>
sealed class NotationSource(NotatedGrammar grammar) : GrammarSource
{
    public NotatedGrammar Grammar => grammar;

    internal override int AddTo(GrammarBuilder builder) => new NetworkWriter(Grammar, builder).Write();
}
