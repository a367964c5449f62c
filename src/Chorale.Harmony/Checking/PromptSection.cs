namespace Chorale.Harmony;

/// <summary>A section of the system or the developer text, up to where the next begins.</summary>
readonly record struct PromptSection(string Name, int Start);
