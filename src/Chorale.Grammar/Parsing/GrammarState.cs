namespace Chorale.Grammar;

/// <summary>A state of a rule, with what leads on from it.</summary>
sealed class GrammarState(int rule)
{
    public int Rule => rule;

    public List<Edge> Edges { get; } = [];
}
