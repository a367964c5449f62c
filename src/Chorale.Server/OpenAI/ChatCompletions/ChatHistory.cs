using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>The messages of a request as Harmony has them.</summary>
/// <param name="Instructions">The texts of the leading system and developer messages; null where there are none.</param>
/// <param name="Messages">What follows.</param>
sealed record ChatHistory(string? Instructions, IReadOnlyList<Message> Messages);
