using System.Text;

namespace Chorale.Cli;

/// <summary>Whether an instance is valid under a schema, by the grammar.</summary>
/// <param name="Text">The instance as the grammar writes it.</param>
/// <param name="RefusedAt">The byte of the text from which on it is refused: its end where more should follow; null where it is accepted.</param>
sealed record InstanceVerdict(string Text, int? RefusedAt)
{
    const int MostShown = 40;

    public bool IsAccepted => RefusedAt is null;

    /// <summary>Where it was refused, for a person.</summary>
    public string Describe()
    {
        if (RefusedAt is not { } at)
            return "accepted";
        byte[] bytes = Encoding.UTF8.GetBytes(Text);
        string before = Decode(bytes.AsSpan(0, at)), rest = Decode(bytes.AsSpan(at));
        string found = rest.Length == 0 ? "its end" : $"'{(rest.Length > MostShown ? $"{rest[..MostShown]}…" : rest)}'";
        return $"refused at byte {at}: {found} cannot follow '{(before.Length > MostShown ? $"…{before[^MostShown..]}" : before)}'";
    }

    static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
