namespace Chorale.Harmony;

/// <summary>The tools that a conversation declares, in typed content or in the text that rendering makes of it.</summary>
sealed class DeclaredTools
{
    readonly HashSet<string> _names = new(StringComparer.Ordinal);
    readonly Dictionary<string, string?> _byBareName = new(StringComparer.Ordinal);

    /// <summary>All of them in order.</summary>
    public List<DeclaredTool> All { get; } = [];

    /// <summary>Whether any function of the caller's is declared.</summary>
    public bool AnyFunctions => All.Exists(tool => tool is { IsFunction: true, IsDeveloper: true });

    /// <summary>Whether a call may go there: a function, or a namespace.</summary>
    public bool Contains(string recipient) => _names.Contains(recipient);

    /// <summary>The full name of the one function that has this name without namespace; null where there is none or more than one.</summary>
    public string? FullName(string name) => _byBareName.GetValueOrDefault(CallPairs.BareName(name));

    /// <summary>Whether code or text goes there, and not JSON: a namespace without functions.</summary>
    public bool TakesText(string recipient) => All.Exists(tool => !tool.IsFunction && tool.FullName == recipient);

    public static DeclaredTools Of(IReadOnlyList<Message> messages)
    {
        DeclaredTools tools = new();
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role is not (Role.System or Role.Developer))
                continue;
            for (int part = 0; part < messages[i].Content.Count; part++)
                tools.AddContent(messages[i].Content[part], i, part, messages[i].Role == Role.Developer);
        }
        return tools;
    }

    void AddContent(ContentPart content, int message, int part, bool isDeveloper)
    {
        if (content is TextContent text)
        {
            AddText(text.Text, message, part, isDeveloper);
            return;
        }
        IReadOnlyDictionary<string, ToolNamespace>? namespaces = content is SystemContent system ? system.Tools : ((DeveloperContent)content).Tools;
        foreach ((string key, ToolNamespace tools) in namespaces ?? new Dictionary<string, ToolNamespace>(StringComparer.Ordinal))
        {
            string path = $"messages[{message}].content[{part}].tools.{Printable.Escape(key)}";
            if (tools.Tools.Count == 0)
                Add(new(tools.Name, tools.Name, key, message, path, IsFunction: false, isDeveloper));
            for (int i = 0; i < tools.Tools.Count; i++)
                Add(new(tools.Name, $"{tools.Name}.{tools.Tools[i].Name}", key, message, $"{path}.tools[{i}]", IsFunction: true, isDeveloper));
        }
    }

    /// <summary>Reads <c>namespace functions {</c> and <c>type get_weather = </c> at the starts of lines.</summary>
    void AddText(string text, int message, int part, bool isDeveloper)
    {
        string? heading = null, space = null;
        bool inTools = false;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("# "))
                inTools = line is "# Tools";
            if (!inTools)
                continue;
            if (line.StartsWith("## "))
            {
                CloseHeading();
                (heading, space) = (line[3..].Trim().ToString(), null);
            }
            else if (line.StartsWith("namespace ") && line.EndsWith(" {"))
            {
                (heading, space) = (null, line[10..^2].ToString());
            }
            else if (space is not null && line.StartsWith("type ") && line.IndexOf(" = ") is var end and > 5)
            {
                Add(new(space, $"{space}.{line[5..end]}", space, message, $"messages[{message}].content[{part}]", IsFunction: true, isDeveloper));
            }
        }
        CloseHeading();

        void CloseHeading()
        {
            if (heading is not null)
                Add(new(heading, heading, heading, message, $"messages[{message}].content[{part}]", IsFunction: false, isDeveloper));
            heading = null;
        }
    }

    void Add(DeclaredTool tool)
    {
        All.Add(tool);
        _names.Add(tool.FullName);
        _names.Add(tool.Namespace);
        if (tool.IsFunction && !_byBareName.TryAdd(CallPairs.BareName(tool.FullName), tool.FullName) && _byBareName[CallPairs.BareName(tool.FullName)] != tool.FullName)
            _byBareName[CallPairs.BareName(tool.FullName)] = null;
    }
}
