namespace Chorale.Cli;

/// <summary>A line of a column.</summary>
/// <param name="Before">What is the same as in the first rendering so far.</param>
/// <param name="After">What follows the first difference; empty before it.</param>
readonly record struct CellLine(string Before, string After);
