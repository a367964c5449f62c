using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>How the Responses API is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResponseEvent))]
[JsonSerializable(typeof(ResponseObject))]
[JsonSerializable(typeof(InputTokenCount))]
[JsonSerializable(typeof(DeletedResponse))]
[JsonSerializable(typeof(CompactedResponse))]
[JsonSerializable(typeof(OutputItem))]
sealed partial class ResponsesJson : JsonSerializerContext;
