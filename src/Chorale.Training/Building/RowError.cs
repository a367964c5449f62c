using System.Globalization;

namespace Chorale.Training;

/// <summary>A row that cannot be used.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line in it, from 1, that the row begins on.</param>
/// <param name="Reason">Why.</param>
public sealed record RowError(string File, long Line, string Reason)
{
    /// <summary>File, line and reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Reason}");
}
