using System.Text.Json;

namespace Chorale.Server;

/// <summary>A conversation made short: what to send in its place.</summary>
/// <param name="Id">An id of its own; nothing is stored under it.</param>
/// <param name="CreatedAt">Seconds since 1970.</param>
/// <param name="Output">The user's messages and, sealed, the note of all else.</param>
/// <param name="Usage">What the note cost.</param>
sealed record CompactedResponse(string Id, long CreatedAt, IReadOnlyList<JsonElement> Output, ResponseUsage Usage)
{
    public string Object { get; } = "response.compaction";
}
