namespace Chorale.Harmony;

/// <summary>How a conversation is rendered.</summary>
public sealed record RenderOptions
{
    /// <summary>Drops old reasoning as openai-harmony does by default.</summary>
    public static RenderOptions Default { get; } = new();

    /// <summary>Renders every message.</summary>
    public static RenderOptions KeepAnalysis { get; } = new() { AnalysisDropping = AnalysisDropping.None };

    /// <summary>Which old reasoning is left out.</summary>
    public AnalysisDropping AnalysisDropping { get; init; } = AnalysisDropping.Harmony;

    /// <summary>How the tools' schemas are written.</summary>
    public SchemaStyle Schemas { get; init; } = SchemaStyle.Official;
}
