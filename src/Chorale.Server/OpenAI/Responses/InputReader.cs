using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>
/// Makes messages of items: what the client sent, and what earlier responses hold. It knows nothing of HTTP or stores. Types that it does not know are left out with a warning.
/// </summary>
/// <param name="tools">Says where a called tool is declared.</param>
/// <param name="seal">Opens sealed reasoning.</param>
/// <param name="warnings">Takes what was left out.</param>
sealed class InputReader(ToolDeclarations tools, ReasoningSeal seal, List<string> warnings)
{
    const string CompactedSummary = "What was said before was left out to save room. This is what you noted of it:";

    readonly List<Message> _messages = [];
    readonly List<string> _instructions = [];

    /// <summary>The calls that results may belong to: name, namespace.</summary>
    readonly Dictionary<string, (string Name, string? Namespace)> _calls = new(StringComparer.Ordinal);

    /// <summary>What was said, in order.</summary>
    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>What system and developer said before anybody else did: it goes with the instructions.</summary>
    public IReadOnlyList<string> Instructions => _instructions;

    /// <summary>Takes items in order.</summary>
    /// <exception cref="ApiException">One of them cannot be.</exception>
    public void Read(IReadOnlyList<RequestValue> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].IsText)
                _messages.Add(Message.User(items[i].Text()));
            else
                Read(items[i].Object(), isBeforeCall: i + 1 < items.Count && IsCall(items[i + 1]));
        }
    }

    void Read(RequestObject item, bool isBeforeCall)
    {
        string type = item.OptionalText("type") ?? "message";
        switch (type)
        {
            case "message":
                ReadMessage(item, isBeforeCall);
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "function_call":
                AddCall(item, item.Text("name"), item.OptionalText("arguments") ?? "", item.OptionalText("namespace"));
                break;
            case "custom_tool_call":
                ReadCustomCall(item);
                break;
            case "function_call_output" or "custom_tool_call_output" or "local_shell_call_output" or "shell_call_output" or "apply_patch_call_output":
                ReadResult(item);
                break;
            case "local_shell_call" or "shell_call":
                AddCall(item, type[..^"_call".Length], Raw(item.Get("action")), null);
                break;
            case "apply_patch_call":
                AddCall(item, "apply_patch", Raw(item.Get("operation")), null);
                break;
            case "compaction" or "compaction_summary":
                ReadCompaction(item);
                break;
            case "mcp_call":
                ReadMcpCall(item);
                break;
            default:
                warnings.Add($"'{item.Path}' of the type '{RequestValue.Shorten(type)}' is not served and was left out.");
                break;
        }
    }

    void ReadMessage(RequestObject item, bool isBeforeCall)
    {
        string role = item.Text("role");
        string text = InputText.OfContent(item.Require("content"));
        switch (role)
        {
            case "user":
                _messages.Add(Message.User(text));
                break;
            case "assistant":
                // A client that drops the phase still shows by a call that follows that this was no answer.
                bool isPreamble = item.OptionalText("phase") is { } phase ? phase == "commentary" : isBeforeCall;
                _messages.Add(isPreamble ? HarmonyHistory.Preamble(text) : HarmonyHistory.Answer(text));
                break;
            case "system" or "developer":
                if (_messages.Count == 0)
                    _instructions.Add(text);
                else
                    _messages.Add(Message.Developer(text));
                break;
            default:
                throw ApiException.Invalid(
                    $"Invalid value: '{RequestValue.Shorten(role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", item.PathOf("role"), "invalid_value");
        }
    }

    /// <summary>Reasoning in plain words counts before what is sealed, and that before a summary.</summary>
    void ReadReasoning(RequestObject item)
    {
        string text = item.Get("content") is { } content ? InputText.OfContent(content) : "";
        if (text.Length == 0 && item.OptionalText("encrypted_content") is { Length: > 0 } sealedText)
            text = Open(item, sealedText);
        if (text.Length == 0 && item.Get("summary") is { } summary)
            text = InputText.OfContent(summary);
        if (text.Length > 0)
            _messages.Add(HarmonyHistory.Reasoning(text));
    }

    void ReadCompaction(RequestObject item) => _messages.Add(Message.Developer($"{CompactedSummary}\n\n{Open(item, item.Text("encrypted_content"))}"));

    /// <exception cref="ApiException">It cannot be opened.</exception>
    string Open(RequestObject item, string sealedText) => seal.Open(sealedText, item.OptionalText("id"), out string text) is { } problem
        ? throw ApiException.Invalid($"The encrypted content of '{item.Path}' could not be opened: {problem}.", item.PathOf("encrypted_content"), "invalid_encrypted_content")
        : text;

    void AddCall(RequestObject item, string name, string arguments, string? toolNamespace)
    {
        name = Speakable(name);
        if (toolNamespace is null)
        {
            string? full = tools.Find(name);
            toolNamespace = full is null || full.Length <= name.Length ? "functions" : full[..^(name.Length + 1)];
        }
        else
        {
            toolNamespace = Speakable(toolNamespace);
        }
        _messages.Add(HarmonyHistory.Call(name, arguments, toolNamespace));
        Remember(item, name, toolNamespace);
    }

    void ReadCustomCall(RequestObject item)
    {
        string name = Speakable(item.Text("name"));
        _messages.Add(HarmonyHistory.TextCall(name, item.OptionalText("input") ?? ""));
        Remember(item, name, null);
    }

    void ReadMcpCall(RequestObject item)
    {
        string name = item.Text("name");
        string server = Speakable(item.OptionalText("server_label") ?? "functions");
        AddCall(item, name, item.OptionalText("arguments") ?? "", server);
        if ((item.Get("output") ?? item.Get("error")) is { } output)
            _messages.Add(HarmonyHistory.Result(Speakable(name), InputText.OfOutput(output, warnings), server));
    }

    void ReadResult(RequestObject item)
    {
        string id = item.Text("call_id");
        if (!_calls.TryGetValue(id, out (string Name, string? Namespace) call))
            throw ApiException.Invalid($"No tool call found for function call output with call_id {RequestValue.Shorten(id)}.", item.PathOf("call_id"), "invalid_value");
        _messages.Add(HarmonyHistory.Result(call.Name, InputText.OfOutput(item.Require("output"), warnings), call.Namespace));
    }

    void Remember(RequestObject item, string name, string? toolNamespace)
    {
        if ((item.OptionalText("call_id") ?? item.OptionalText("id")) is { } id)
            _calls[id] = (name, toolNamespace);
    }

    /// <summary>A name as a header can hold it: what a model invented comes back to it readable.</summary>
    static string Speakable(string name)
    {
        if (HarmonyTool.IsRecipient(name))
            return name;
        string plain = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return HarmonyTool.IsRecipient(plain) ? plain : "unknown";
    }

    static bool IsCall(RequestValue value) =>
        value.IsObject && value.Element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && (type.ValueEquals("function_call") || type.ValueEquals("custom_tool_call"));

    static string Raw(RequestValue? value) => value?.Element.GetRawText() ?? "{}";
}
