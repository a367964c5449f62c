namespace Chorale.Harmony;

/// <summary>A conversation mended, and how.</summary>
/// <param name="Conversation">The mended conversation.</param>
/// <param name="Fixes">Each change, in order; empty where nothing was mended.</param>
public sealed record FixedConversation(Conversation Conversation, IReadOnlyList<Fix> Fixes);
