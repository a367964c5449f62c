using System.Text.Json.Serialization;

namespace Chorale.Cli;

/// <summary>The names and shapes of the JSON form, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelBenchReport))]
sealed partial class ModelBenchJson : JsonSerializerContext;
