namespace Chorale.Training;

/// <summary>A part of a data set.</summary>
/// <param name="Name">Its name, <c>train</c>.</param>
/// <param name="Share">Its share, above 0; those of all parts make 1.</param>
public sealed record DatasetSplit(string Name, double Share);
