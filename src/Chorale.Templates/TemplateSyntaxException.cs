using System.Globalization;

namespace Chorale.Templates;

/// <summary>A template cannot be used: it is no Jinja, or uses what lies outside the subset that is known here.</summary>
public sealed class TemplateSyntaxException : FormatException
{
    /// <summary>An error at a line.</summary>
    /// <param name="line">The line of the template, from 1.</param>
    /// <param name="construct">What stands there, such as <c>filter 'upper'</c>.</param>
    /// <param name="problem">What is wrong with it, and what was expected.</param>
    public TemplateSyntaxException(int line, string construct, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"template line {line}: {construct}: {problem}"))
    {
        Line = line;
        Construct = construct;
        Problem = problem;
    }

    /// <summary>The line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>What stands there, such as <c>filter 'upper'</c>.</summary>
    public string Construct { get; }

    /// <summary>What is wrong with it, and what was expected.</summary>
    public string Problem { get; }
}
