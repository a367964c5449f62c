using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Microsoft.Extensions.AI;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Chorale.Chat;

/// <summary>Reads a conversation as chat clients keep it into the messages that gpt-oss itself would have written.</summary>
sealed class MessageReader
{
    /// <summary>Stands between two texts of one message that the model wrote as two.</summary>
    public const string Separator = "\n\n";

    readonly Dictionary<string, string> _namespaces = new(StringComparer.Ordinal);
    readonly Dictionary<string, CallMade> _calls = new(StringComparer.Ordinal);
    readonly List<Message> _messages = [];
    readonly StringBuilder _instructions = new();

    /// <summary>Reads it.</summary>
    /// <param name="tools">What is declared: for the namespaces of calls that do not say theirs.</param>
    /// <param name="messages">The conversation.</param>
    public MessageReader(IEnumerable<ToolNamespace> tools, IEnumerable<ChatMessage> messages)
    {
        foreach (ToolNamespace space in tools)
        {
            foreach (ToolDescription tool in space.Tools)
                _namespaces.TryAdd(tool.Name, space.Name);
        }
        foreach (ChatMessage message in messages)
            Read(message);
    }

    /// <summary>What system messages in front say; null where there are none.</summary>
    public string? Instructions => _instructions.Length == 0 ? null : _instructions.ToString();

    public IReadOnlyList<Message> Messages => _messages;

    void Read(ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant)
            ReadAssistant(message);
        else if (message.Role == ChatRole.System || message.Role.Value == "developer")
            ReadInstructions(TextOf(message));
        else
            ReadOther(message);
    }

    void ReadInstructions(string text)
    {
        if (text.Length == 0)
            return;
        if (_messages.Count > 0)
            _messages.Add(Message.Developer(text));
        else
            _instructions.Append(_instructions.Length > 0 ? Separator : "").Append(text);
    }

    /// <summary>The user's words and the results of tools, wherever a client puts these.</summary>
    void ReadOther(ChatMessage message)
    {
        foreach (FunctionResultContent result in message.Contents.OfType<FunctionResultContent>())
            _messages.Add(ResultOf(result));
        string text = TextOf(message);
        if (text.Length > 0 || !message.Contents.OfType<FunctionResultContent>().Any())
            _messages.Add(Message.User(text));
    }

    void ReadAssistant(ChatMessage message)
    {
        int lastCall = LastCall(message.Contents);
        (string Channel, StringBuilder Text)? open = null;
        string? before = null;
        for (int i = 0; i < message.Contents.Count; i++)
        {
            AIContent content = message.Contents[i];
            (string? channel, string text) = content switch
            {
                TextReasoningContent reasoning => (Channels.Analysis, reasoning.Text),
                TextContent said => (Text(said, ChoraleChatClient.ChannelKey) == Channels.Commentary || i < lastCall ? Channels.Commentary : Channels.Final, said.Text),
                _ => (null, ""),
            };
            if (channel is null || channel != open?.Channel || text.Length == 0)
                Close();
            if (text.Length > 0 && open is null)
            {
                bool follows = before is not null && Text(content, ChoraleChatClient.ChannelKey) is not null && text.StartsWith(Separator, StringComparison.Ordinal);
                open = (channel!, new StringBuilder(follows ? text[Separator.Length..] : text));
            }
            else if (open is { } same)
            {
                same.Text.Append(text);
            }
            if (content is FunctionCallContent call)    // informational or not: whoever ran it marks it so
                _messages.Add(CallOf(call));
            else if (content is FunctionResultContent result)
                _messages.Add(ResultOf(result));
        }
        Close();

        void Close()
        {
            if (open is { } written && !string.IsNullOrWhiteSpace(written.Text.ToString()))
            {
                _messages.Add(Message.Assistant(written.Text.ToString(), written.Channel));
                before = written.Channel;
            }
            open = null;
        }
    }

    static int LastCall(IList<AIContent> contents)
    {
        int last = contents.Count - 1;
        while (last >= 0 && contents[last] is not FunctionCallContent)
            last--;
        return last;
    }

    /// <summary>A call goes back as the model wrote it, unless somebody has changed its arguments since.</summary>
    Message CallOf(FunctionCallContent call)
    {
        string space = Text(call, ChoraleChatClient.NamespaceKey) ?? _namespaces.GetValueOrDefault(call.Name) ?? "functions";
        string? written = Text(call, ChoraleChatClient.ArgumentsKey);
        bool isUnchanged = written is not null && (call.Arguments is null || CallArguments.AreOf(call.Arguments, written));
        HarmonyCall? original = isUnchanged ? call.RawRepresentation as HarmonyCall : null;
        _calls[call.CallId] = new(call.Name, space, original);
        if (original is not null)
            return original.Message;
        string arguments = isUnchanged ? written! : CallArguments.Write(call.Arguments);
        return CallArguments.IsObject(arguments) ? HarmonyHistory.Call(call.Name, arguments, space) : HarmonyHistory.TextCall($"{space}.{call.Name}", arguments);
    }

    /// <summary>The result of a call that is not in the conversation comes from a function without a name that is known.</summary>
    Message ResultOf(FunctionResultContent result)
    {
        string text = result is { Result: null, Exception: { } failure } ? $"Error: {failure.Message}" : ToolDeclaration.ResultText(result.Result);
        CallMade call = _calls.GetValueOrDefault(result.CallId) ?? new("unknown", "functions", null);
        return call.Original?.ToResult(text) ?? HarmonyHistory.Result(call.Name, text, call.Namespace);
    }

    static string TextOf(ChatMessage message)
    {
        StringBuilder text = new();
        foreach (AIContent content in message.Contents)
        {
            string? part = content switch
            {
                TextContent said => said.Text,
                DataContent data when ToolDeclaration.IsText(data.MediaType) => Encoding.UTF8.GetString(data.Data.Span),
                DataContent data => throw Unreadable(data.MediaType),
                UriContent uri => throw Unreadable($"{uri.MediaType} at an address"),
                HostedFileContent => throw Unreadable("a hosted file"),
                _ => null,
            };
            if (part is { Length: > 0 })
                text.Append(text.Length > 0 ? "\n" : "").Append(part);
        }
        return text.ToString();
    }

    static ArgumentException Unreadable(string found) => new($"A message holds {found}, and gpt-oss reads text.");

    /// <summary>A property as text, also where it has been through JSON.</summary>
    static string? Text(AIContent content, string name) => content.AdditionalProperties?.GetValueOrDefault(name) switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        _ => null,
    };

    sealed record CallMade(string Name, string Namespace, HarmonyCall? Original);
}
