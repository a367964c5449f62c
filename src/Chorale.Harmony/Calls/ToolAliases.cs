using System.Globalization;

namespace Chorale.Harmony;

/// <summary>
/// Other names on the wire for functions that are named like a tool gpt-oss was trained with: told of a function
/// <c>python</c>, the model sends raw code. The model sees <c>python_tool</c>, the program <c>python</c>. Immutable.
/// </summary>
public sealed class ToolAliases
{
    static readonly string[] Builtin = ["python", "browser", "bash"];

    readonly Dictionary<string, string> _toWire = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _fromWire = new(StringComparer.Ordinal);

    ToolAliases(IEnumerable<ToolNamespace> namespaces)
    {
        foreach (ToolNamespace tools in namespaces)
        {
            HashSet<string> names = [.. tools.Tools.Select(tool => tool.Name)];
            foreach (string name in names.Where(IsBuiltin))
            {
                string wire = Enumerable.Range(1, names.Count + 1).Select(n => n == 1 ? $"{name}_tool" : string.Create(CultureInfo.InvariantCulture, $"{name}_tool{n}"))
                    .First(candidate => !names.Contains(candidate));
                _toWire[$"{tools.Name}.{name}"] = $"{tools.Name}.{wire}";
                _fromWire[$"{tools.Name}.{wire}"] = $"{tools.Name}.{name}";
            }
        }
    }

    /// <summary>No function needs another name.</summary>
    public static ToolAliases None { get; } = new([]);

    /// <summary>Whether every name is the same on the wire.</summary>
    public bool IsEmpty => _toWire.Count == 0;

    /// <summary>Full names as they were declared, and as the model sees them: <c>functions.python</c>, <c>functions.python_tool</c>.</summary>
    public IReadOnlyDictionary<string, string> Names => _toWire;

    /// <summary>The aliases that these tools need.</summary>
    public static ToolAliases For(IEnumerable<ToolNamespace> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ToolAliases aliases = new(tools);
        return aliases.IsEmpty ? None : aliases;
    }

    /// <summary>Whether gpt-oss was trained with a tool of this name.</summary>
    public static bool IsBuiltin(string name) => Array.IndexOf(Builtin, name) >= 0;

    /// <summary>The conversation as the model shall see it: declared tools, calls and results under their aliases.</summary>
    public Conversation ToWire(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return IsEmpty ? conversation : new() { Messages = EquatableList.Copy(conversation.Messages.Select(ToWire)) };
    }

    /// <summary>A message as the model shall see it.</summary>
    public Message ToWire(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (IsEmpty)
            return message;
        Message renamed = Rename(message, _toWire);
        bool declares = renamed.Content.Any(part => part is DeveloperContent { Tools: not null } or SystemContent { Tools: not null });
        return declares ? renamed with { Content = [.. renamed.Content.Select(ToWire)] } : renamed;
    }

    /// <summary>A message of the model as the program knows its tools.</summary>
    public Message FromWire(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return IsEmpty ? message : Rename(message, _fromWire);
    }

    /// <summary>A full name as the program knows it; any other name stays.</summary>
    public string? FromWire(string? name) => name is null ? null : _fromWire.GetValueOrDefault(name, name);

    static Message Rename(Message message, Dictionary<string, string> names)
    {
        if (message.Recipient is { } recipient && names.TryGetValue(recipient, out string? to))
            message = message with { Recipient = to };
        if (message.Author is { Role: Role.Tool, Name: { } name } && names.TryGetValue(name, out string? by))
            message = message with { Author = new(Role.Tool, by) };
        return message;
    }

    ContentPart ToWire(ContentPart part) => part switch
    {
        DeveloperContent { Tools: { } tools } developer => developer with { Tools = ToWire(tools) },
        SystemContent { Tools: { } tools } system => system with { Tools = ToWire(tools) },
        _ => part,
    };

    Dictionary<string, ToolNamespace> ToWire(IReadOnlyDictionary<string, ToolNamespace> namespaces) =>
        namespaces.ToDictionary(entry => entry.Key, entry => entry.Value with { Tools = [.. entry.Value.Tools.Select(tool => ToWire(entry.Value, tool))] }, StringComparer.Ordinal);

    ToolDescription ToWire(ToolNamespace tools, ToolDescription tool) =>
        _toWire.TryGetValue($"{tools.Name}.{tool.Name}", out string? wire) ? tool with { Name = wire[(tools.Name.Length + 1)..] } : tool;
}
