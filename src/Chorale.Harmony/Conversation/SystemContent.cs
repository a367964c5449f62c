using System.Globalization;

namespace Chorale.Harmony;

/// <summary>
/// What the system message says. A new one is empty and renders nothing; <see cref="Default"/> is what gpt-oss expects.
/// </summary>
public sealed record SystemContent : ContentPart
{
    /// <summary>ChatGPT's identity, medium effort, cutoff 2024-06, three required channels; no date, no tools.</summary>
    public static SystemContent Default { get; } = new()
    {
        ModelIdentity = "You are ChatGPT, a large language model trained by OpenAI.",
        ReasoningEffort = Harmony.ReasoningEffort.Medium,
        KnowledgeCutoff = "2024-06",
        ChannelConfig = ChannelConfig.Default,
    };

    /// <summary>The first line.</summary>
    public string? ModelIdentity { get; init; }

    /// <summary>Null leaves the line out.</summary>
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>
    /// Tools that the model was trained with (<see cref="ToolNamespace.Browser"/>, <see cref="ToolNamespace.Python"/>),
    /// by key, in the order of the keys' UTF-8 bytes. The map is copied.
    /// </summary>
    public IReadOnlyDictionary<string, ToolNamespace>? Tools { get; init => field = ToolMap.Copy(value); }

    /// <summary>The day of the conversation as the model reads it, normally yyyy-MM-dd; the caller's, never the clock's.</summary>
    public string? ConversationStartDate { get; init; }

    /// <summary>The day or month the training data ends.</summary>
    public string? KnowledgeCutoff { get; init; }

    /// <summary>Null, or one without channels, leaves the section out.</summary>
    public ChannelConfig? ChannelConfig { get; init; }

    /// <summary>The same with a date, written yyyy-MM-dd.</summary>
    public SystemContent WithDate(DateOnly date) =>
        this with { ConversationStartDate = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };

    /// <summary>The same with a namespace added under its own name, in place of one that had this key.</summary>
    public SystemContent WithTools(ToolNamespace tools) => this with { Tools = ToolMap.Add(Tools, tools) };

    /// <summary>The same with the built-in browser.</summary>
    public SystemContent WithBrowser() => WithTools(ToolNamespace.Browser);

    /// <summary>The same with the built-in python.</summary>
    public SystemContent WithPython() => WithTools(ToolNamespace.Python);
}
