namespace Chorale.Chat;

/// <summary>A whole turn as its reader sees it.</summary>
/// <param name="Parts">What was said, in order.</param>
/// <param name="Turn">The turn behind it.</param>
public sealed record TurnResult(IReadOnlyList<TurnPart> Parts, ChatTurn Turn);
