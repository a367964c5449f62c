using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>A model as Codex reads it: all fields that its reader insists on, and what it makes of a context.</summary>
/// <param name="Slug">What requests name.</param>
/// <param name="ContextWindow">How many ids prompt and answer may hold together.</param>
sealed record ModelCatalogEntry(string Slug, int ContextWindow)
{
    public string Name => Slug;

    public string Model => Slug;

    public string DisplayName => Slug;

    public string Description => "gpt-oss, served by Chorale.";

    public string DefaultReasoningLevel => "medium";

    public IReadOnlyList<ReasoningLevel> SupportedReasoningLevels { get; } = [new("low", "Short or no reasoning"), new("medium", "The default"), new("high", "Long reasoning")];

    public string ShellType => "shell_command";

    public string Visibility => "list";

    public bool SupportedInApi => true;

    public int Priority => 0;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Upgrade => null;

    public string BaseInstructions => "";

    public bool SupportsReasoningSummaries => true;

    public bool SupportVerbosity => true;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? DefaultVerbosity => null;

    public string ApplyPatchToolType => "function";

    public TruncationPolicy TruncationPolicy { get; } = new("tokens", 10_000);

    public bool SupportsParallelToolCalls => false;

    public IReadOnlyList<string> ExperimentalSupportedTools => [];

    public IReadOnlyList<string> InputModalities => ["text"];
}
