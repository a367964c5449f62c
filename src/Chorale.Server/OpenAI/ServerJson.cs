using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>How errors are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ApiErrorBody))]
sealed partial class ServerJson : JsonSerializerContext;
