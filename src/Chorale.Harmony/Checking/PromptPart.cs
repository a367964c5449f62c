namespace Chorale.Harmony;

/// <summary>A part of a prompt and what it costs.</summary>
/// <param name="Name">
/// What it is: <c>system</c>, <c>developer.instructions</c>, <c>developer.tools.functions.get_weather</c>,
/// <c>history.assistant.analysis</c>, <c>headers</c>. A name that begins with another's and a dot is not counted in it.
/// </param>
/// <param name="Ids">How many ids.</param>
public sealed record PromptPart(string Name, int Ids);
