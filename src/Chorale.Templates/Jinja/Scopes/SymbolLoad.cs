namespace Chorale.Templates;

/// <summary>What a name of a scope holds when the scope is entered.</summary>
enum SymbolLoad
{
    /// <summary>What it is given: an argument, the variable of a loop.</summary>
    Parameter,

    /// <summary>The caller's variable of that name.</summary>
    Resolve,

    /// <summary>What the scopes around it hold under that name.</summary>
    Alias,

    /// <summary>Nothing.</summary>
    Undefined,
}
