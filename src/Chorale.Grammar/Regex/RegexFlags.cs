namespace Chorale.Grammar;

/// <summary>How a pattern is read. In a pattern, <c>(?i)</c>, <c>(?s)</c>, <c>(?m)</c>, <c>(?x)</c> and <c>(?u)</c> set them from there to the end of the group.</summary>
[Flags]
enum RegexFlags
{
    None = 0,

    /// <summary>Characters match those that have the same simple case folding: <c>k</c> also matches <c>K</c> and the Kelvin sign.</summary>
    IgnoreCase = 1,

    /// <summary><c>.</c> matches line ends, too.</summary>
    DotAll = 2,

    /// <summary><c>^</c> also matches after a line end, and <c>$</c> before one.</summary>
    MultiLine = 4,

    /// <summary>White space and comments from <c>#</c> to the end of the line are no part of the pattern.</summary>
    Extended = 8,

    /// <summary><c>\d</c>, <c>\w</c>, <c>\s</c> and <c>\b</c> know all of Unicode, not only ASCII.</summary>
    Unicode = 16,

    /// <summary>The line feed is the only line end for <c>.</c>, as in Python and Rust.</summary>
    UnixLines = 32,
}
