namespace Chorale.Harmony;

/// <summary>One change that mended a conversation.</summary>
/// <param name="Code">The finding that it settles.</param>
/// <param name="MessageIndex">The message's place before any fix, from 0; null for a message that was added.</param>
/// <param name="Done">What was done, a sentence; safe to print.</param>
public sealed record Fix(FindingCode Code, int? MessageIndex, string Done);
