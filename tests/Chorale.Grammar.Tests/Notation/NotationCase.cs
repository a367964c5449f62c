namespace Chorale.Grammar.Tests;

/// <summary>A grammar, with texts that are of its language and others that are not.</summary>
public sealed record NotationCase(string Name, string Grammar, string[] Accepted, string[] Refused)
{
    public override string ToString() => Name;
}
