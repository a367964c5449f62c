namespace Chorale.Server;

/// <summary>An effort that a model can be told.</summary>
sealed record ReasoningLevel(string Effort, string Description);
