using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>How a session talks. Immutable; a session reads them anew at each turn.</summary>
public sealed record ChatSessionOptions
{
    /// <summary>The system message: identity, effort, date, built-in tools.</summary>
    public SystemContent System { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = SystemContent.Default;

    /// <summary>The developer message: instructions and function tools; null sends none.</summary>
    public DeveloperContent? Developer { get; init; }

    /// <summary>How an id is chosen.</summary>
    public SamplingOptions Sampling { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>At most this many ids a turn, 1 or more; null goes on until the context is full.</summary>
    public int? MaxTokens
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A turn needs at least one id.");
    }

    /// <summary>
    /// Whether arguments of calls that are nearly JSON are repaired; <see cref="HarmonyCall.RawArguments"/> keeps what the
    /// model wrote.
    /// </summary>
    public bool RepairArguments { get; init; } = true;

    /// <summary>Which old reasoning is left out of the prompt; the history keeps all of it.</summary>
    public AnalysisDropping AnalysisDropping { get; init; } = AnalysisDropping.Harmony;

    /// <summary>How the tools' schemas are written; a schema that cannot be read complete fails the turn with a <see cref="SchemaException"/>.</summary>
    public SchemaStyle Schemas { get; init; } = SchemaStyle.Complete;
}
