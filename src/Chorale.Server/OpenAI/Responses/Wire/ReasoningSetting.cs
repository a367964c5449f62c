using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>How the model reasons.</summary>
/// <param name="Effort">The effort in effect: <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c>.</param>
/// <param name="Summary">The summary that was asked for; null none.</param>
sealed record ReasoningSetting(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Effort,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Summary);
