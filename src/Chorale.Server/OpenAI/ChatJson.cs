using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>How Chat Completions, Completions, models and tokens are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Metadata | JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatCompletionChunk))]
[JsonSerializable(typeof(TextCompletion))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(DetokenizeResult))]
[JsonSerializable(typeof(TemplateResult))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(ServerProperties))]
sealed partial class ChatJson : JsonSerializerContext;
