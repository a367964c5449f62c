using System.Text.Json;

namespace Chorale.Server;

/// <summary>What the answer's text is held to.</summary>
/// <param name="Format">As it was asked for.</param>
/// <param name="Verbosity"><c>low</c>, <c>medium</c>, <c>high</c>.</param>
sealed record TextSetting(JsonElement Format, string Verbosity);
