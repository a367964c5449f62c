using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Finds out which declared tool a message calls, whatever the channel and however the model spelled the recipient, and
/// what its arguments are. Nothing is lost: what cannot be resolved is kept as written, with a diagnostic. Immutable.
/// </summary>
public sealed class CallResolver
{
    /// <summary>Words of a header that models stick to a tool's name.</summary>
    static readonly string[] StuckWords = [.. HeaderWords.Channels, .. HeaderWords.ContentTypes];

    readonly Dictionary<string, Declared> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<string, Declared?> _byLooseName = new(StringComparer.Ordinal);
    readonly bool _repairArguments;

    /// <summary>A resolver for these tools.</summary>
    /// <param name="tools">The namespaces that are declared, names as the program knows them; none resolves names only by taking <c>functions.</c> off.</param>
    /// <param name="repairArguments">
    /// Whether arguments that are nearly JSON are repaired, which loses nothing: a bracket too many or too few, an envelope
    /// <c>{"name", "parameters"}</c>, a code fence, raw text for a function of one text parameter.
    /// </param>
    public CallResolver(IEnumerable<ToolNamespace> tools, bool repairArguments = false)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ToolNamespace[] namespaces = [.. tools];
        _repairArguments = repairArguments;
        Aliases = ToolAliases.For(namespaces);
        Declared[] all = [.. namespaces.SelectMany(Declare)];
        foreach (Declared declared in all)
        {
            _byName.TryAdd(declared.FullName, declared);
            if (Aliases.Names.TryGetValue(declared.FullName, out string? wire))
                _byName.TryAdd(wire, declared);
        }

        // Without its namespace a name counts where no full name is the same; the first namespace that has it counts.
        foreach (Declared declared in all.Where(declared => declared.Tool is not null).OrderBy(declared => declared.Namespace.Name != "functions"))
        {
            _byName.TryAdd(declared.Tool!.Name, declared);
            if (Aliases.Names.TryGetValue(declared.FullName, out string? wire))
                _byName.TryAdd(wire[(declared.Namespace.Name.Length + 1)..], declared);
        }
        foreach ((string name, Declared declared) in _byName)
        {
            string loose = Loosen(name);
            _byLooseName[loose] = _byLooseName.TryGetValue(loose, out Declared? other) && other != declared ? null : declared;
        }
    }

    /// <summary>The names on the wire of functions that are named like a built-in tool.</summary>
    public ToolAliases Aliases { get; }

    /// <summary>Whether any tool is declared.</summary>
    public bool HasTools => _byName.Count > 0;

    /// <summary>A resolver for the tools that a conversation declares.</summary>
    /// <param name="conversation">Its system and developer messages declare tools.</param>
    /// <param name="repairArguments">Whether arguments that are nearly JSON are repaired.</param>
    public static CallResolver For(Conversation conversation, bool repairArguments = false)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return new(conversation.Messages.SelectMany(message => message.Content).SelectMany(DeclaredBy), repairArguments);
    }

    /// <summary>The calls among a parser's complete messages; diagnostics have the places of its ids.</summary>
    public IReadOnlyList<HarmonyCall> ResolveAll(HarmonyReader parser)
    {
        ArgumentNullException.ThrowIfNull(parser);
        return [.. parser.Messages.Select((message, i) => Resolve(message, i, parser.Spans[i])).OfType<HarmonyCall>()];
    }

    /// <summary>The call that a message is; null where it is none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="messageIndex">Its place among the messages.</param>
    /// <param name="span">Where it stood, for the diagnostics.</param>
    public HarmonyCall? Resolve(Message message, int messageIndex = 0, MessageSpan span = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        List<HarmonyDiagnostic> diagnostics = [];
        string raw = message.Text;
        string written = raw;
        void Report(DiagnosticCode code, bool isAboutArguments, string found, string done) =>
            diagnostics.Add(new(code, isAboutArguments ? span.ContentStart : span.Start, 0, messageIndex, found, done));

        Declared? declared;
        string name;
        if (HarmonyCall.IsCall(message))
        {
            string recipient = message.Recipient!;
            declared = Find(recipient, out bool isExact);
            name = declared?.Name ?? WithoutFunctions(Clean(recipient));
            if (declared is null && _byName.Count > 0)
                Report(DiagnosticCode.UnknownTool, isAboutArguments: false, recipient, "kept as written");
            else if (declared is null ? Clean(recipient) != recipient : !isExact)
                Report(DiagnosticCode.ToolNameRepaired, isAboutArguments: false, recipient, $"it is {declared?.FullName ?? name}");
        }
        else if (_repairArguments && FindInEnvelope(message, out string arguments) is { } enveloped)
        {
            declared = enveloped;
            name = declared.Name;
            written = arguments;
            Report(DiagnosticCode.CallWithoutRecipient, isAboutArguments: true, raw, $"its text names {declared.FullName}: it is a call of that");
        }
        else
        {
            return null;
        }

        string repaired = written;
        bool isJson = ArgumentRepair.IsObject(written);
        bool takesText = declared is { Tool: null };
        if (_repairArguments && !takesText && ArgumentRepair.TryRepair(written, declared?.Tool, name, out string better, out string how))
        {
            Report(DiagnosticCode.ArgumentsRepaired, isAboutArguments: true, written, how);
            (repaired, isJson) = (better, true);
        }
        else if (!isJson && !takesText)
        {
            Report(DiagnosticCode.InvalidArguments, isAboutArguments: true, written, "kept whole");
        }
        return new()
        {
            Message = message,
            MessageIndex = messageIndex,
            Name = name,
            Namespace = declared?.Namespace.Name,
            Tool = declared?.Tool,
            Arguments = repaired,
            RawArguments = raw,
            HasJsonArguments = isJson,
            Diagnostics = diagnostics,
        };
    }

    /// <summary>The declared tool that a recipient means; exact where only a namespace was left out or added.</summary>
    Declared? Find(string recipient, out bool isExact)
    {
        isExact = true;
        if (FindExact(recipient) is { } exact)
            return exact;
        isExact = false;
        for (string name = Clean(recipient); name.Length > 0;)
        {
            if ((FindExact(name) ?? FindLoose(name) ?? FindLoose(WithoutFunctions(name))) is { } found)
                return found;
            if (Array.Find(StuckWords, name.EndsWith) is not { } stuck)
                return null;
            name = name[..^stuck.Length].TrimEnd(' ', '.', '_', '-', ':');
        }
        return null;
    }

    Declared? FindLoose(string name) => _byLooseName.GetValueOrDefault(Loosen(name));

    Declared? FindExact(string name) =>
        _byName.GetValueOrDefault(name) ?? (name.StartsWith(HeaderWords.Functions, StringComparison.Ordinal) ? FindExact(name[HeaderWords.Functions.Length..]) : null);

    /// <summary>The recipient up to white space or a control token, without quotes and brackets around it.</summary>
    static string Clean(string recipient)
    {
        int end = 0;
        ReadOnlySpan<char> name = recipient.AsSpan().Trim();
        while (end < name.Length && !char.IsWhiteSpace(name[end]) && !(name[end] == '<' && name[end..].StartsWith("<|")))
            end++;
        return name[..end].Trim("\"'`()[]{}<>,;:.!?").ToString();
    }

    static string WithoutFunctions(string name) =>
        name.StartsWith(HeaderWords.Functions, StringComparison.Ordinal) && name.Length > HeaderWords.Functions.Length ? name[HeaderWords.Functions.Length..] : name;

    /// <summary>A name but for case and the signs that divide it: <c>functions/Get-Weather</c> is <c>functions_get_weather</c>.</summary>
    static string Loosen(string name)
    {
        StringBuilder loose = new(name.Length);
        foreach (char c in name)
            loose.Append(c is '.' or '-' or '/' or ':' or ' ' ? '_' : char.ToLowerInvariant(c));
        return loose.ToString();
    }

    Declared? FindInEnvelope(Message message, out string arguments)
    {
        arguments = "";
        bool mayCall = message is { Role: Role.Assistant, Recipient: null, Channel: not Channels.Analysis };
        return mayCall && ArgumentRepair.TryOpenEnvelope(message.Text, out string name, out arguments) ? FindExact(name) : null;
    }

    static IEnumerable<Declared> Declare(ToolNamespace tools) =>
        tools.Tools.Count == 0 ? [new(tools, null)] : tools.Tools.Select(tool => new Declared(tools, tool));

    static IEnumerable<ToolNamespace> DeclaredBy(ContentPart part) => part switch
    {
        SystemContent { Tools: { } tools } => tools.Values,
        DeveloperContent { Tools: { } tools } => tools.Values,
        _ => [],
    };

    sealed record Declared(ToolNamespace Namespace, ToolDescription? Tool)
    {
        public string Name => Tool?.Name ?? Namespace.Name;

        public string FullName => Tool is null ? Namespace.Name : $"{Namespace.Name}.{Tool.Name}";
    }
}
