using System.Text;

namespace Chorale.Harmony;

/// <summary>The text of system and developer content: sections with an empty line between them.</summary>
static class ContentText
{
    public static void Append(StringBuilder text, SystemContent system, RenderContext context)
    {
        if (system.ModelIdentity is { } identity)
            text.Append(identity);
        if (system.KnowledgeCutoff is { } cutoff)
            Line(text, system.ModelIdentity is not null).Append("Knowledge cutoff: ").Append(cutoff);
        if (system.ConversationStartDate is { } date)
            Line(text, system.ModelIdentity is not null || system.KnowledgeCutoff is not null).Append("Current date: ").Append(date);

        // An empty identity is a section too, so it is not the length that counts.
        bool any = system.ModelIdentity is not null || system.KnowledgeCutoff is not null || system.ConversationStartDate is not null;
        if (system.ReasoningEffort is { } effort)
        {
            Section(text, ref any).Append("Reasoning: ").Append(effort switch
            {
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                _ => "high",
            });
        }
        if (system.Tools is { Count: > 0 } tools)
            ToolText.Append(Section(text, ref any), tools, context.Schemas);
        if (system.ChannelConfig is { ValidChannels.Count: > 0 } channels)
        {
            Section(text, ref any).Append("# Valid channels: ").AppendJoin(", ", channels.ValidChannels).Append('.');
            if (channels.ChannelRequired)
                text.Append(" Channel must be included for every message.");
            if (context.HasFunctionTools)
                text.Append("\nCalls to these tools must go to the commentary channel: 'functions'.");
        }
    }

    public static void Append(StringBuilder text, DeveloperContent developer, RenderContext context)
    {
        bool any = false;
        if (developer.Instructions is { } instructions)
            Section(text, ref any).Append("# Instructions\n\n").Append(instructions);
        if (developer.Tools is { Count: > 0 } tools)
            ToolText.Append(Section(text, ref any), tools, context.Schemas);
        if (developer.ResponseFormats is { Count: > 0 } formats)
            ResponseFormats(Section(text, ref any), formats);
    }

    static StringBuilder Line(StringBuilder text, bool any) => any ? text.Append('\n') : text;

    static StringBuilder Section(StringBuilder text, ref bool any)
    {
        if (any)
            text.Append("\n\n");
        any = true;
        return text;
    }

    static void ResponseFormats(StringBuilder text, IReadOnlyList<ResponseFormat> formats)
    {
        text.Append("# Response Formats");
        foreach (ResponseFormat format in formats)
        {
            text.Append("\n\n## ").Append(format.Name).Append('\n');
            if (format.Description is { } description)
                ToolText.Lines(text, description, "// ");
            text.Append('\n').Append(format.Schema.Text);
        }
    }
}
