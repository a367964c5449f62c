namespace Chorale.Grammar;

/// <summary>What leads from one state of a rule to another.</summary>
/// <param name="To">The state it leads to.</param>
abstract record Edge(int To)
{
    /// <summary>Reads a terminal.</summary>
    public sealed record Read(Terminal Terminal, int To) : Edge(To);

    /// <summary>Reads a special token.</summary>
    public sealed record Special(int Id, int To) : Edge(To);

    /// <summary>Reads what a rule describes.</summary>
    public sealed record Call(int Rule, int To) : Edge(To);

    /// <summary>Reads nothing.</summary>
    public sealed record Nothing(int To) : Edge(To);
}
