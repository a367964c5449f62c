using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>The tools of a request, read from either API's form: functions, tools that take text (<c>custom</c>), namespaces of functions; others are skipped with a warning.</summary>
sealed record ToolDeclarations
{
    const string Functions = "functions";

    /// <summary>No tools.</summary>
    public static ToolDeclarations None { get; } = new();

    /// <summary>By name: <c>functions</c>, a namespace, or a tool that takes text.</summary>
    public IReadOnlyDictionary<string, ToolNamespace> Namespaces { get; init; } = new Dictionary<string, ToolNamespace>(StringComparer.Ordinal);

    /// <summary>What the tools that take text may be given, where their declaration says.</summary>
    public IReadOnlyDictionary<string, GrammarSource> Grammars { get; init; } = new Dictionary<string, GrammarSource>(StringComparer.Ordinal);

    /// <summary>The tools that take text.</summary>
    public IReadOnlySet<string> Custom { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What was left out, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether there is anything to call.</summary>
    public bool Any => Namespaces.Count > 0;

    /// <summary>Reads a request's <c>tools</c>.</summary>
    /// <param name="tools">The list; null is none.</param>
    /// <param name="vocabulary">That of the model.</param>
    /// <exception cref="ApiException">A tool without a name, two of one name, a schema or grammar that cannot be read, a strict schema that cannot be enforced.</exception>
    public static ToolDeclarations Read(IReadOnlyList<RequestValue>? tools, GrammarVocabulary vocabulary)
    {
        if (tools is not { Count: > 0 })
            return None;
        ToolReader reader = new(vocabulary);
        foreach (RequestValue tool in tools)
            reader.Add(tool);
        return reader.ToDeclarations();
    }

    /// <summary>The developer message with these tools.</summary>
    public DeveloperContent AddTo(DeveloperContent developer)
    {
        ArgumentNullException.ThrowIfNull(developer);
        return Namespaces.Values.Aggregate(developer, (content, tools) => content.WithTools(tools));
    }

    /// <summary>Whether a tool of this name is declared, with its namespace or without it.</summary>
    public bool Declares(string name) => Find(name) is not null;

    /// <summary>The full name of a tool; null where none has the name.</summary>
    public string? Find(string name)
    {
        if (Custom.Contains(name))
            return name;
        foreach (ToolNamespace tools in Namespaces.Values.OrderBy(tools => tools.Name != Functions))
        {
            if (tools.Tools.FirstOrDefault(tool => tool.Name == name || $"{tools.Name}.{tool.Name}" == name) is { } found)
                return $"{tools.Name}.{found.Name}";
        }
        return null;
    }

    /// <summary>Reads a request's <c>tool_choice</c>, in either API's form.</summary>
    /// <param name="choice">The value; null is automatic.</param>
    /// <param name="warnings">Takes what was left out.</param>
    /// <exception cref="ApiException">An unknown choice, a tool that is not declared, a call demanded without tools.</exception>
    public HarmonyToolChoice ReadChoice(RequestValue? choice, ICollection<string> warnings)
    {
        if (choice is not { } value)
            return HarmonyToolChoice.Auto;
        if (value.IsText)
        {
            return value.Text() switch
            {
                "auto" => HarmonyToolChoice.Auto,
                "none" => HarmonyToolChoice.None,
                "required" or "any" => Any ? HarmonyToolChoice.Required : throw ApiException.Invalid($"Invalid value for '{value.Path}': a call is required, but no tools are declared.", value.Path, "invalid_value"),
                { } other => throw ApiException.Invalid($"Invalid value: '{RequestValue.Shorten(other)}'. Supported values are: 'none', 'auto', and 'required'.", value.Path, "invalid_value"),
            };
        }
        RequestObject named = value.Object();
        string type = named.OptionalText("type") ?? "function";
        if (type == "allowed_tools")
            return ReadAllowed(named.OptionalObject("allowed_tools") ?? named, warnings);
        if (type is not ("function" or "custom"))
        {
            warnings.Add($"tool_choice of the type '{RequestValue.Shorten(type)}' is not served: the choice is automatic.");
            return HarmonyToolChoice.Auto;
        }
        return HarmonyToolChoice.Named(NameOf(named, type));
    }

    HarmonyToolChoice ReadAllowed(RequestObject allowed, ICollection<string> warnings)
    {
        bool required = allowed.OptionalChoice("mode", "auto", "required") == "required";
        List<string> names = [];
        foreach (RequestValue tool in allowed.Require("tools").Array())
        {
            RequestObject named = tool.Object();
            string type = named.OptionalText("type") ?? "function";
            if (type is "function" or "custom")
                names.Add(NameOf(named, type));
            else
                warnings.Add($"'{tool.Path}' of the type '{RequestValue.Shorten(type)}' is not served and was left out.");
        }
        if (names.Count > 0)
            return HarmonyToolChoice.Allowed(names, required);
        return required ? throw ApiException.Invalid($"Invalid value for '{allowed.PathOf("tools")}': a call is required, but no tools are allowed.", allowed.PathOf("tools"), "invalid_value") : HarmonyToolChoice.None;
    }

    string NameOf(RequestObject named, string type)
    {
        RequestObject holder = named.OptionalObject(type) ?? named;
        string name = holder.Text("name");
        return Find(name) ?? throw ApiException.Invalid($"Tool choice '{RequestValue.Shorten(name)}' not found in 'tools' parameter.", holder.PathOf("name"), "invalid_value");
    }

    sealed class ToolReader(GrammarVocabulary vocabulary)
    {
        readonly List<ToolDescription> _functions = [];
        readonly Dictionary<string, ToolNamespace> _others = new(StringComparer.Ordinal);
        readonly Dictionary<string, GrammarSource> _grammars = new(StringComparer.Ordinal);
        readonly HashSet<string> _custom = new(StringComparer.Ordinal);
        readonly HashSet<string> _names = new(StringComparer.Ordinal);
        readonly List<string> _warnings = [];

        public void Add(RequestValue value)
        {
            RequestObject tool = value.Object();
            string type = tool.OptionalText("type") ?? "function";
            switch (type)
            {
                case "function":
                    _functions.Add(ReadFunction(tool.OptionalObject("function") ?? tool, _names));
                    break;
                case "custom":
                    AddCustom(tool.OptionalObject("custom") ?? tool);
                    break;
                case "namespace":
                    AddNamespace(tool);
                    break;
                default:
                    _warnings.Add($"'{value.Path}' of the type '{RequestValue.Shorten(type)}' is not served and was left out.");
                    break;
            }
        }

        public ToolDeclarations ToDeclarations()
        {
            Dictionary<string, ToolNamespace> namespaces = new(_others, StringComparer.Ordinal);
            if (_functions.Count > 0)
                namespaces[Functions] = ToolNamespace.Functions(_functions);
            return new() { Namespaces = namespaces, Grammars = _grammars, Custom = _custom, Warnings = _warnings };
        }

        ToolDescription ReadFunction(RequestObject function, HashSet<string> names)
        {
            string name = ReadName(function, names);
            JsonSchema? parameters = ReadSchema(function, "parameters") ?? ReadSchema(function, "input_schema");
            if (function.OptionalBoolean("strict") == true && parameters is not null)
                RequireEnforceable(parameters, function.PathOf("parameters"));
            return new(name, function.OptionalText("description") ?? "", parameters) { Returns = ReadSchema(function, "output_schema") };
        }

        static string ReadName(RequestObject tool, HashSet<string> names)
        {
            string name = tool.Text("name");
            string path = tool.PathOf("name");
            if (name.Length > 256 || name is Functions || !HarmonyTool.IsRecipient(name))
                throw ApiException.Invalid($"Invalid '{path}': '{RequestValue.Shorten(name)}' cannot be the name of a tool.", path, "invalid_value");
            return names.Add(name) ? name : throw ApiException.Invalid($"Invalid '{path}': there are two tools named '{name}'.", path, "duplicate_tool");
        }

        static JsonSchema? ReadSchema(RequestObject function, string name)
        {
            if (function.Get(name) is not { } schema)
                return null;
            if (schema.Kind is not (JsonValueKind.Object or JsonValueKind.True))
                throw RequestValue.Wrong(schema.Path, "an object", schema.Element);
            try
            {
                return JsonSchema.From(schema.Element);
            }
            catch (HarmonyJsonException e)
            {
                throw ApiException.Invalid($"Invalid schema for '{schema.Path}': {e.Message}", schema.Path, "invalid_function_parameters");
            }
        }

        void RequireEnforceable(JsonSchema schema, string path)
        {
            try
            {
                _ = CompiledGrammar.Compile(GrammarSource.JsonSchema(schema.Text), vocabulary);
            }
            catch (GrammarException e)
            {
                throw ApiException.Invalid($"Invalid schema for '{path}', which is strict: {e.Message}", path, "invalid_function_parameters");
            }
        }

        void AddCustom(RequestObject tool)
        {
            string name = ReadName(tool, _names);
            _custom.Add(name);
            _others[name] = new() { Name = name, Description = tool.OptionalText("description") };
            if (tool.OptionalObject("format") is not { } format || format.OptionalText("type") is not "grammar")
                return;
            RequestObject grammar = format.OptionalObject("grammar") ?? format;
            string definition = grammar.Text("definition");
            _grammars[name] = grammar.OptionalChoice("syntax", "lark", "regex") == "regex" ? GrammarSource.Regex(definition) : GrammarSource.Lark(definition);
            try
            {
                _ = CompiledGrammar.Compile(_grammars[name], vocabulary);
            }
            catch (GrammarException e)
            {
                throw ApiException.Invalid($"Invalid grammar for '{name}': {e.Message}", grammar.PathOf("definition"), "invalid_grammar");
            }
        }

        void AddNamespace(RequestObject tool)
        {
            string name = ReadName(tool, _names);
            HashSet<string> names = new(StringComparer.Ordinal);
            List<ToolDescription> functions = [];
            foreach (RequestValue inner in tool.Require("tools").Array(512))
            {
                RequestObject function = inner.Object();
                if ((function.OptionalText("type") ?? "function") == "function")
                    functions.Add(ReadFunction(function.OptionalObject("function") ?? function, names));
                else
                    _warnings.Add($"'{inner.Path}' is no function and was left out.");
            }
            if (functions.Count > 0)
                _others[name] = new() { Name = name, Description = tool.OptionalText("description"), Tools = functions };
        }
    }
}
