using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Turns dictionaries into Harmony messages one by one; calls made at once wait for their results.</summary>
sealed class TurnConverter(History history, ConversionOptions options, List<LearntMessage> messages, HistoryRepairs repairs)
{
    readonly Queue<HistoryCall> _waiting = [];
    HistoryCall? _open;
    bool _isTrained;
    string? _lastCall;
    Message? _lastCallMessage;

    public void Add(HistoryMessage message, int index)
    {
        if (message.Role != Role.Tool)
            Finish();
        switch (message.Role)
        {
            case Role.User:
                messages.Add(new(Message.FromText(new Author(Role.User, message.Name), message.Content ?? ""), IsTrained: false));
                break;
            case Role.Tool:
                AddResult(message, index);
                break;
            case Role.Assistant:
                AddAssistant(message, index);
                break;
            default:
                messages.Add(new(Message.Developer(message.Content ?? ""), IsTrained: false));
                break;
        }
    }

    /// <summary>Makes the calls that no result came for.</summary>
    public void Finish()
    {
        while (_waiting.TryDequeue(out HistoryCall? call))
            AddCall(call);
        _open = null;
    }

    void AddAssistant(HistoryMessage message, int index)
    {
        _isTrained = message.IsTrained;
        string? thinking = message.Thinking;
        string? content = string.IsNullOrEmpty(message.Content) ? null : message.Content;
        if (message.Calls.Count > 0)
        {
            bool isReasoning = thinking is null && content is not null && options.ContentBesideCalls == ContentBesideCalls.Reasoning && message.Channel != Channels.Commentary;
            AddText(isReasoning ? content : thinking, Channels.Analysis);
            AddText(isReasoning ? null : content, Channels.Commentary);
            foreach (HistoryCall call in message.Calls)
                _waiting.Enqueue(call);
            if (message.Calls.Count > 1)
                repairs.Add(HistoryRepairKind.CallsParted, index);
            _open = _waiting.Dequeue();
            AddCall(_open);
            return;
        }
        AddText(thinking, Channels.Analysis);
        AddText(content, message.Channel ?? Channels.Final);
    }

    void AddText(string? text, string channel)
    {
        if (text is not null)
            messages.Add(new(Message.Assistant(text, channel), _isTrained));
    }

    void AddCall(HistoryCall call)
    {
        bool isBuiltin = IsBuiltin(call.Name);
        Message message = Message.Assistant(call.Arguments, isBuiltin ? Channels.Analysis : Channels.Commentary) with
        {
            Recipient = RecipientOf(call.Name),
            ContentType = call.ContentType ?? (isBuiltin ? "code" : options.CallContentType),
        };
        messages.Add(new(message, _isTrained));
        _lastCall = call.Name;
        _lastCallMessage = message;
    }

    /// <summary>A result stands behind its own call, which is made now where others came first.</summary>
    void AddResult(HistoryMessage result, int index)
    {
        if (_open is not null && !Answers(result, _open) && FindWaiting(result) is { } call)
        {
            AddCall(call);
            _open = call;
        }
        else if (_open is null && _waiting.Count > 0)
        {
            _open = FindWaiting(result) ?? _waiting.Dequeue();
            AddCall(_open);
        }
        string name = result.Name ?? _lastCall ?? throw new HistoryFormatException($"messages[{index}].name", "found nothing, expected the name of the function whose result this is");
        string? channel = _lastCallMessage is { } made && _lastCall == name ? made.Channel : IsBuiltin(name) ? Channels.Analysis : Channels.Commentary;
        messages.Add(new(Message.Tool(RecipientOf(name), result.Content ?? "") with { Recipient = "assistant", Channel = channel }, IsTrained: false));
        _open = null;
    }

    static bool Answers(HistoryMessage result, HistoryCall call) =>
        result.CallId is { } id && call.Id is not null ? call.Id == id : result.Name is null || result.Name == call.Name;

    /// <summary>Takes the waiting call that a result answers out of its turn; the others keep their order.</summary>
    HistoryCall? FindWaiting(HistoryMessage result)
    {
        HistoryCall? found = null;
        for (int left = _waiting.Count; left > 0; left--)
        {
            HistoryCall call = _waiting.Dequeue();
            if (found is null && Answers(result, call))
                found = call;
            else
                _waiting.Enqueue(call);
        }
        return found;
    }

    string RecipientOf(string name) => IsBuiltin(name) ? name : $"functions.{name}";

    /// <summary>A name with the namespace of a built-in tool that the history has: <c>python</c>, <c>browser.search</c>.</summary>
    bool IsBuiltin(string name)
    {
        IReadOnlyList<string> tools = history.BuiltinTools;
        for (int i = 0; i < tools.Count; i++)
            if (name.StartsWith(tools[i], StringComparison.Ordinal) && (name.Length == tools[i].Length || name[tools[i].Length] == '.'))
                return true;
        return false;
    }
}
