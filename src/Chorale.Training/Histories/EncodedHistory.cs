using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>What <see cref="HarmonyHistoryEncoder"/> makes.</summary>
/// <param name="Conversation">The messages, none dropped yet.</param>
/// <param name="Ids">The rendering, without the reasoning that the official renderer drops.</param>
/// <param name="Text">The same as text.</param>
public sealed record EncodedHistory(Conversation Conversation, IReadOnlyList<int> Ids, string Text);
