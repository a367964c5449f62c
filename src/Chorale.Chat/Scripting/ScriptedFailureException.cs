namespace Chorale.Chat;

/// <summary>A scripted generator failed because its script says so.</summary>
public sealed class ScriptedFailureException(string message) : Exception(message);
