namespace Chorale.Grammar;

/// <summary>A rule, terminal or template as a Lark grammar defines it.</summary>
/// <param name="Name">A terminal's is upper case.</param>
/// <param name="Parameters">Of a template; none otherwise.</param>
/// <param name="Body">What it describes, with references to parameters and uses of templates in it.</param>
/// <param name="Offset">Where its name stands, or that of its import.</param>
sealed record LarkDefinition(string Name, IReadOnlyList<string> Parameters, NotatedExpression Body, int Offset)
{
    public bool IsTerminal => IsTerminalName(Name);

    /// <summary>Whether a name is a terminal's: its first letter is upper case.</summary>
    public static bool IsTerminalName(string name) => name.AsSpan().TrimStart('_') is [>= 'A' and <= 'Z', ..];
}
