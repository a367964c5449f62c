using System.Diagnostics.CodeAnalysis;

namespace Chorale.Harmony;

/// <summary>The names of the rules: <c>harmony</c>, <c>none</c>, <c>template</c>, <c>per_turn</c>.</summary>
public static class AnalysisDroppings
{
    static readonly string[] AllNames = ["harmony", "none", "template", "per_turn"];

    /// <summary>All of them, in the order of the values.</summary>
    public static IReadOnlyList<string> Names => AllNames;

    /// <summary>The name of a rule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the four.</exception>
    public static string NameOf(AnalysisDropping rule) =>
        (uint)rule < (uint)AllNames.Length ? AllNames[(int)rule] : throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule.");

    /// <summary>Reads a rule's name; case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out AnalysisDropping rule)
    {
        int index = Array.IndexOf(AllNames, name);
        rule = index >= 0 ? (AnalysisDropping)index : default;
        return index >= 0;
    }
}
