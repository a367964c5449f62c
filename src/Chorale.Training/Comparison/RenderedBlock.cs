namespace Chorale.Training;

/// <summary>A message in a rendering.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Length">How long it is, all that stands before the next one included.</param>
/// <param name="Header">What stands between the marker that begins it and the one that begins its content.</param>
/// <param name="Content">Its content.</param>
/// <param name="End">The marker that ends it; empty where there is none.</param>
public sealed record RenderedBlock(RenderedBlockKind Kind, int Start, int Length, string Header, string Content, string End);
