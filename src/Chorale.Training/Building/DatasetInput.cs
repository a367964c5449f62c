namespace Chorale.Training;

/// <summary>A file of rows.</summary>
/// <param name="Name">Its name, for errors; how it ends tells JSON lines from JSON.</param>
/// <param name="Open">Opens it; gzip is recognised.</param>
public sealed record DatasetInput(string Name, Func<Stream> Open);
