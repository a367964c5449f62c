namespace Chorale.Training;

/// <summary>Where a rendering first differs from another, and why.</summary>
/// <param name="Index">Which rendering.</param>
/// <param name="At">The first character that differs, in both, or the beginning of the marker that it is in; the shorter one's length where it just ends.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RenderingDifference(int Index, int At, string Reason);
