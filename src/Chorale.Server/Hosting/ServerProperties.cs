namespace Chorale.Server;

/// <summary>What <c>/props</c> tells: as much of llama-server's answer as its clients look at.</summary>
sealed record ServerProperties(string ModelAlias, int TotalSlots, GenerationSettings DefaultGenerationSettings, string BuildInfo)
{
    public IReadOnlyDictionary<string, bool> Modalities { get; } = new Dictionary<string, bool>(StringComparer.Ordinal) { ["vision"] = false, ["audio"] = false };
}
