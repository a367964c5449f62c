namespace Chorale.Harmony;

/// <summary>A tool of a list that is no function, such as <c>{"type":"web_search"}</c>.</summary>
/// <param name="Index">Its place in the list, from 0.</param>
/// <param name="Type">What it is.</param>
public sealed record SkippedTool(int Index, string Type);
