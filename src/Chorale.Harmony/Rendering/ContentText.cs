using System.Text;

namespace Chorale.Harmony;

/// <summary>The text of system and developer content: sections with an empty line between them.</summary>
static class ContentText
{
    public static string Of(SystemContent system, bool hasFunctionTools)
    {
        StringBuilder text = new();
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
            Tools(Section(text, ref any), tools);
        if (system.ChannelConfig is { ValidChannels.Count: > 0 } channels)
        {
            Section(text, ref any).Append("# Valid channels: ").AppendJoin(", ", channels.ValidChannels).Append('.');
            if (channels.ChannelRequired)
                text.Append(" Channel must be included for every message.");
            if (hasFunctionTools)
                text.Append("\nCalls to these tools must go to the commentary channel: 'functions'.");
        }
        return text.ToString();
    }

    public static string Of(DeveloperContent developer)
    {
        StringBuilder text = new();
        bool any = false;
        if (developer.Instructions is { } instructions)
            Section(text, ref any).Append("# Instructions\n\n").Append(instructions);
        if (developer.Tools is { Count: > 0 } tools)
            Tools(Section(text, ref any), tools);
        return text.ToString();
    }

    static StringBuilder Line(StringBuilder text, bool any) => any ? text.Append('\n') : text;

    static StringBuilder Section(StringBuilder text, ref bool any)
    {
        if (any)
            text.Append("\n\n");
        any = true;
        return text;
    }

    static void Tools(StringBuilder text, IReadOnlyDictionary<string, ToolNamespace> tools)
    {
        text.Append("# Tools");
        foreach (ToolNamespace tool in tools.Values)
            Namespace(text, tool);
    }

    static void Namespace(StringBuilder text, ToolNamespace tools)
    {
        text.Append("\n\n## ").Append(tools.Name).Append('\n');
        bool hasTools = tools.Tools.Count > 0;
        if (tools.Description is { } description)
            Lines(text, description, hasTools ? "// " : "");
        if (!hasTools)
            return;
        text.Append("\nnamespace ").Append(tools.Name).Append(" {\n");
        for (int i = 0; i < tools.Tools.Count; i++)
        {
            ToolDescription tool = tools.Tools[i];
            Lines(text, tool.Description, "// ");
            text.Append("\ntype ").Append(tool.Name).Append(" = ");
            if (tool.Parameters is { } parameters)
                parameters.AppendTypeScript(text);
            else
                text.Append("() => any");
            text.Append(";\n");
        }
        text.Append("\n} // namespace ").Append(tools.Name);
    }

    /// <summary>Each line on a new line behind a prefix. Lines end at \n or \r\n; a lone \r stays, a last empty line goes.</summary>
    static void Lines(StringBuilder text, string lines, string prefix)
    {
        for (ReadOnlySpan<char> rest = lines; !rest.IsEmpty;)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            if (end > 0 && line[^1] == '\r')
                line = line[..^1];
            text.Append('\n').Append(prefix).Append(line);
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
    }
}
