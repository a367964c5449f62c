using System.Text;

namespace Chorale.Harmony;

/// <summary>The section on tools: a namespace each, in it a TypeScript function type each.</summary>
static class ToolText
{
    public static void Append(StringBuilder text, IReadOnlyDictionary<string, ToolNamespace> tools, SchemaStyle schemas)
    {
        text.Append("# Tools");
        foreach (ToolNamespace tool in tools.Values)
            Namespace(text, tool, schemas);
    }

    /// <summary>Why a schema of this content cannot be written, naming the tool; null where all can.</summary>
    public static SchemaException? FindError(ContentPart part, SchemaStyle schemas)
    {
        if (schemas == SchemaStyle.Official)
            return null;
        IReadOnlyDictionary<string, ToolNamespace>? tools = part switch
        {
            SystemContent system => system.Tools,
            DeveloperContent developer => developer.Tools,
            _ => null,
        };
        foreach (ToolNamespace group in tools?.Values ?? [])
            foreach (ToolDescription tool in group.Tools)
                if (FindError(group, tool) is { } error)
                    return error;
        return null;
    }

    static SchemaException? FindError(ToolNamespace group, ToolDescription tool)
    {
        string part = "parameters";
        try
        {
            _ = tool.Parameters?.AsParameters;
            part = "result";
            _ = tool.Returns?.AsResult;
            return null;
        }
        catch (SchemaException e)
        {
            return e.Of($"The {part} of {group.Name}.{tool.Name}");
        }
    }

    static void Namespace(StringBuilder text, ToolNamespace tools, SchemaStyle schemas)
    {
        text.Append("\n\n## ").Append(tools.Name).Append('\n');
        bool hasTools = tools.Tools.Count > 0;
        if (tools.Description is { } description)
            Lines(text, description, hasTools ? "// " : "");
        if (!hasTools)
            return;
        text.Append("\nnamespace ").Append(tools.Name).Append(" {\n");
        TypeNames? names = schemas == SchemaStyle.Official ? null : new(tools.Tools);
        foreach (ToolDescription tool in tools.Tools)
        {
            if (names is null)
                OfficialFunction(text, tool);
            else
                CompleteFunction(text, tool, names);
        }
        text.Append("\n} // namespace ").Append(tools.Name);
    }

    static void OfficialFunction(StringBuilder text, ToolDescription tool)
    {
        Lines(text, tool.Description, "// ");
        text.Append("\ntype ").Append(tool.Name).Append(" = ");
        if (tool.Parameters is { } parameters)
            parameters.AppendOfficialFunction(text);
        else
            text.Append("() => any");
        text.Append(";\n");
    }

    static void CompleteFunction(StringBuilder text, ToolDescription tool, TypeNames names)
    {
        CompiledType? parameters = tool.Parameters?.AsParameters, result = tool.Returns?.AsResult;
        IReadOnlyList<string> parameterNames = parameters is null ? [] : names.Declare(parameters, text);
        IReadOnlyList<string> resultNames = result is null ? [] : names.Declare(result, text);
        Lines(text, tool.Description, "// ");
        if (result?.Comments is { } comments)
            comments.AppendTo(text.Append('\n'), resultNames);
        text.Append("\ntype ").Append(tool.Name).Append(" = ");
        text.Append(parameters is null ? "(" : "(_: ");
        parameters?.Type.AppendTo(text, parameterNames);
        text.Append(") => ");
        if (result is null)
            text.Append("any");
        else
            result.Type.AppendTo(text, resultNames);
        text.Append(";\n");
    }

    /// <summary>Each line on a new line behind a prefix. Lines end at \n or \r\n; a lone \r stays, a last empty line goes.</summary>
    public static void Lines(StringBuilder text, string lines, string prefix)
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
