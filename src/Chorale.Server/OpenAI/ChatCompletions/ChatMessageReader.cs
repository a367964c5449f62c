using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>Reads the messages of Chat Completions into Harmony.</summary>
/// <remarks>
/// Reasoning comes back under the names that clients have for it, or, where a client dropped it, out of the cache. Calls are followed by their results one by one, as the model was trained to
/// see them, also where the request has all calls first. Everything that is text is kept; what is not is refused, or in a tool's result named in its place.
/// </remarks>
/// <param name="tools">The tools that are declared.</param>
/// <param name="cache">The reasoning before calls.</param>
sealed class ChatMessageReader(ToolDeclarations tools, ReasoningCache cache)
{
    readonly List<Message> _messages = [];
    readonly List<string> _instructions = [];
    readonly List<Pending> _pending = [];       // calls that wait for their results, in order
    readonly Dictionary<string, CalledTool> _called = new(StringComparer.Ordinal);
    bool _hasBegun;

    /// <summary>Reads them all.</summary>
    /// <exception cref="ApiException">A message is not as it must be; <c>param</c> names the place.</exception>
    public static ChatHistory Read(IEnumerable<RequestValue> messages, ToolDeclarations tools, ReasoningCache cache)
    {
        ChatMessageReader reader = new(tools, cache);
        foreach (RequestValue message in messages)
            reader.Read(message.Object());
        reader.Settle();
        return new(reader._instructions.Count == 0 ? null : string.Join("\n\n", reader._instructions), reader._messages);
    }

    void Read(RequestObject message)
    {
        string role = message.Text("role");
        if (role is not ("tool" or "function"))
            Settle();
        switch (role)
        {
            case "system" or "developer":
                string instructions = ContentOf(message, required: true) ?? "";
                if (_hasBegun)
                    _messages.Add(Message.Developer(instructions));
                else
                    _instructions.Add(instructions);
                return;
            case "user":
                _messages.Add(Message.User(ContentOf(message, required: true) ?? ""));
                break;
            case "assistant":
                ReadAssistant(message);
                break;
            case "tool":
                ReadResult(message);
                break;
            case "function":
                string function = message.Text("name");
                AddResult(callId: null, Tool(function), ContentOf(message, required: false, isResult: true) ?? "");
                break;
            default:
                throw ApiException.Invalid(
                    $"Invalid value: '{RequestValue.Shorten(role)}'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', and 'function'.", message.PathOf("role"), "invalid_value");
        }
        _hasBegun = true;
    }

    void ReadAssistant(RequestObject message)
    {
        string? reasoning = ReasoningOf(message);
        string? content = ContentOf(message, required: false) ?? message.OptionalText("refusal");
        if (message.Has("audio"))
            throw ApiException.Invalid("Audio is not served: the model reads text only.", message.PathOf("audio"), "unsupported_value");
        List<Pending> calls = CallsOf(message);
        if (calls.Count == 0)
        {
            AddText(HarmonyHistory.Reasoning, reasoning);
            AddText(HarmonyHistory.Answer, content);
            return;
        }
        CachedTurn? cached = calls.Select(call => call.Id is { } id && cache.TryGet(id, out CachedTurn? turn) ? turn : null).FirstOrDefault(turn => turn is not null);
        bool isAsCached = cached is not null && (reasoning is null || reasoning == cached.Reasoning) && (string.IsNullOrEmpty(content) || content == cached.Content);
        if (isAsCached)
        {
            _messages.AddRange(cached!.Messages);   // the very messages: their ids are those that the engine's cache knows
        }
        else
        {
            AddText(HarmonyHistory.Reasoning, reasoning ?? cached?.Reasoning);
            AddText(HarmonyHistory.Preamble, content);
        }
        foreach (Pending call in calls)
        {
            if (call.Id is not null)
                _called[call.Id] = call.Tool;
            _pending.Add(call);
        }
    }

    void AddText(Func<string, Message> make, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            _messages.Add(make(text));
    }

    List<Pending> CallsOf(RequestObject message)
    {
        List<Pending> calls = [];
        foreach (RequestValue item in message.OptionalArray("tool_calls") ?? [])
        {
            RequestObject call = item.Object();
            string? id = call.OptionalText("id");
            if (call.OptionalObject("custom") is { } custom)
                calls.Add(new(id, new(custom.Text("name"), IsCustom: true), custom.OptionalText("input") ?? ""));
            else
                calls.Add(Function(id, call.Require("function").Object()));
        }
        if (message.OptionalObject("function_call") is { } function)
            calls.Add(Function(id: null, function));
        return calls;
    }

    /// <summary>Arguments are JSON as text; the clients that send the JSON itself mean the same.</summary>
    Pending Function(string? id, RequestObject function) => new(id, Tool(function.Text("name")), function.Get("arguments") switch
    {
        { Kind: JsonValueKind.String } text => text.Text(),
        { Kind: JsonValueKind.Object } json => json.Element.GetRawText(),
        null => "{}",
        { } other => other.Text(),
    });

    void ReadResult(RequestObject message)
    {
        string? id = message.OptionalText("tool_call_id");
        string output = ContentOf(message, required: false, isResult: true) ?? "";
        AddResult(id, ToolOf(id, message), output);
    }

    /// <summary>Whose result it is: by the id of the call, in this request or an earlier one; else by name; else of the only call that waits.</summary>
    CalledTool ToolOf(string? id, RequestObject message)
    {
        if (id is not null && _called.TryGetValue(id, out CalledTool? called))
            return called;
        if (id is not null && cache.TryGet(id, out CachedTurn? turn))
            return Tool(turn.Name);
        if (message.OptionalText("name") is { Length: > 0 } name)
            return Tool(name);
        return _pending.Find(call => call.Result is null)?.Tool
            ?? throw (id is null ? ApiException.Missing(message.PathOf("tool_call_id"))
                : ApiException.Invalid($"Invalid '{message.PathOf("tool_call_id")}': '{RequestValue.Shorten(id)}' is the id of no call in an earlier message.", message.PathOf("tool_call_id"), "invalid_value"));
    }

    void AddResult(string? callId, CalledTool tool, string output)
    {
        Pending? waiting = _pending.Find(call => call.Result is null && (callId is null ? call.Tool.Name == tool.Name : call.Id == callId))
            ?? _pending.Find(call => call.Result is null && call.Tool == tool);
        if (waiting is not null)
        {
            waiting.Result = output;
            return;
        }
        Settle();
        _messages.Add(tool.Result(output));
    }

    /// <summary>Writes the calls that wait, each with its result where it has one.</summary>
    void Settle()
    {
        foreach (Pending call in _pending)
        {
            _messages.Add(call.Tool.Call(call.Input));
            if (call.Result is { } result)
                _messages.Add(call.Tool.Result(result));
        }
        _pending.Clear();
    }

    /// <summary>What the assistant thought, by whatever name; null where the client sent none.</summary>
    static string? ReasoningOf(RequestObject message)
    {
        foreach (string name in (ReadOnlySpan<string>)["reasoning", "reasoning_content", "thinking"])
        {
            if (message.OptionalText(name) is { Length: > 0 } text)
                return text;
        }
        StringBuilder details = new();
        foreach (RequestValue item in message.OptionalArray("reasoning_details") ?? [])
        {
            RequestObject detail = item.Object();
            if ((detail.OptionalText("text") ?? detail.OptionalText("summary")) is { Length: > 0 } text)
                details.Append(details.Length > 0 ? "\n" : "").Append(text);
        }
        return details.Length == 0 ? null : details.ToString();
    }

    /// <summary>The text of a message; parts stand on lines of their own.</summary>
    static string? ContentOf(RequestObject message, bool required, bool isResult = false)
    {
        RequestValue? content = message.Get("content");
        if (content is null)
            return required ? throw ApiException.Missing(message.PathOf("content")) : null;
        return content.Value.IsArray ? string.Join('\n', content.Value.Array().Select(part => TextOf(part.Object(), isResult))) : content.Value.Text();
    }

    static string TextOf(RequestObject part, bool isResult)
    {
        string type = part.OptionalText("type") ?? "text";
        return type switch
        {
            "text" or "input_text" or "output_text" => part.Text("text"),
            "refusal" => part.Text("refusal"),
            _ when isResult => $"[{RequestValue.Shorten(type)} left out: this model reads text only]",
            _ => throw ApiException.Invalid($"Invalid content type: '{RequestValue.Shorten(type)}' is not served: the model reads text only.", part.PathOf("type"), "unsupported_value"),
        };
    }

    /// <summary>A tool by the name that the client has for it.</summary>
    CalledTool Tool(string name) => tools.Custom.Contains(name) ? new(name, IsCustom: true) : new(CallNames.ForModel(name, tools), IsCustom: false);

    /// <summary>A tool by its whole name.</summary>
    sealed record CalledTool(string Name, bool IsCustom)
    {
        public Message Call(string input) => IsCustom ? HarmonyHistory.TextCall(Name, input) : HarmonyHistory.Call(Name, input, toolNamespace: null);

        public Message Result(string output) => HarmonyHistory.Result(Name, output, toolNamespace: null);
    }

    sealed class Pending(string? id, CalledTool tool, string input)
    {
        public string? Id => id;

        public CalledTool Tool => tool;

        public string Input => input;

        public string? Result { get; set; }
    }
}
