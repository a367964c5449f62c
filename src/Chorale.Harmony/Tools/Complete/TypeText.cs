using System.Text;

namespace Chorale.Harmony;

/// <summary>A written type with gaps for the names of types, which depend on where it stands.</summary>
/// <param name="text">What stands around the gaps.</param>
/// <param name="gaps">The places in the text, ascending, and which declaration's name belongs there.</param>
sealed class TypeText(string text, IReadOnlyList<(int At, int Declaration)> gaps)
{
    /// <summary>Whether there is nothing to say.</summary>
    public bool IsEmpty => text.Length == 0 && gaps.Count == 0;

    /// <summary>Writes it with these names.</summary>
    public void AppendTo(StringBuilder output, IReadOnlyList<string> names)
    {
        int from = 0;
        foreach ((int at, int declaration) in gaps)
        {
            output.Append(text, from, at - from).Append(names[declaration]);
            from = at;
        }
        output.Append(text, from, text.Length - from);
    }
}
