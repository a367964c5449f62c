namespace Chorale.Harmony;

/// <summary>What of a conversation was rendered, what was not, why, and what it costs.</summary>
public sealed class RenderReport
{
    internal RenderReport(AnalysisDropping rule, RenderPurpose purpose, IReadOnlyList<RenderedMessage> messages, int startIds)
    {
        Rule = rule;
        Purpose = purpose;
        Messages = messages;
        StartIds = startIds;
    }

    /// <summary>The rule that decided.</summary>
    public AnalysisDropping Rule { get; }

    /// <summary>What the rendering was for.</summary>
    public RenderPurpose Purpose { get; }

    /// <summary>Each message of the conversation, in order.</summary>
    public IReadOnlyList<RenderedMessage> Messages { get; }

    /// <summary>How many ids the start of the next message costs; 0 except for completion.</summary>
    public int StartIds { get; }

    /// <summary>How many ids the rendering has.</summary>
    public int TotalIds => StartIds + Messages.Sum(message => message.IsKept ? message.Ids ?? 0 : 0);

    /// <summary>How many ids the dropped messages would have cost.</summary>
    public int SavedIds => Messages.Sum(message => message.IsKept ? 0 : message.Ids ?? 0);

    /// <summary>How many messages were dropped.</summary>
    public int DroppedCount => Messages.Count(message => !message.IsKept);
}
