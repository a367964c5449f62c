using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Reads one message of a history.</summary>
ref struct MessageReader
{
    const int MostCalls = 1024;

    readonly string _path;
    readonly int _index;
    readonly HistoryRepairs _repairs;
    JsonElement? _content;
    string? _thinking;
    string? _role;
    string? _name;
    string? _callId;
    string? _channel;
    List<HistoryCall>? _calls;
    List<KeyValuePair<string, string>>? _others;
    bool _isTrained;

    MessageReader(string path, int index, HistoryRepairs repairs)
    {
        _path = path;
        _index = index;
        _repairs = repairs;
        _isTrained = true;
    }

    /// <summary>Reads a message; a result may still lack its name.</summary>
    public static HistoryMessage Read(JsonElement message, string path, int index, HistoryRepairs repairs)
    {
        MessageReader reader = new(path, index, repairs);
        if (message.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(message, reader.Path(""), "a message");
        foreach (JsonProperty field in message.EnumerateObject())
            reader.Field(field);
        return reader.Finish();
    }

    /// <summary>Reads a call, <c>{"name","arguments"}</c> or <c>{"function":{…}}</c>.</summary>
    public static HistoryCall ReadCall(JsonElement call, string path, int index, HistoryRepairs repairs) => new MessageReader(path, index, repairs).Call(call, "call");

    /// <summary>The place of a field, told only where something is wrong.</summary>
    readonly string Path(string field) => string.Create(CultureInfo.InvariantCulture, $"{_path}[{_index}]{(field.Length == 0 ? "" : ".")}{field}");

    readonly void Repair(HistoryRepairKind kind, string? detail = null) => _repairs.Add(kind, _index, detail);

    readonly string Text(JsonElement value, string field)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw JsonText.Wrong(value, Path(field), "a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new HistoryFormatException(Path(field), JsonText.NotUnicode, e);
        }
    }

    void Field(JsonProperty field)
    {
        JsonElement value = field.Value;
        if (field.NameEquals("role"u8))
            _role = Text(value, "role");
        else if (value.ValueKind == JsonValueKind.Null)
            Null(field);
        else if (field.NameEquals("content"u8))
            _content = value;
        else if (field.NameEquals("thinking"u8))
            Thinking(Text(value, "thinking"), isRenamed: false);
        else if (field.NameEquals("tool_calls"u8))
            Calls(value);
        else if (field.NameEquals("name"u8))
            _name = Text(value, "name");
        else if (field.NameEquals("tool_call_id"u8))
            _callId = Text(value, "tool_call_id");
        else if (field.NameEquals("reasoning_content"u8) || field.NameEquals("reasoning"u8))
            Thinking(Text(value, field.Name), isRenamed: true);
        else if (field.NameEquals("weight"u8))
            Weight(value);
        else if (field.NameEquals("channel"u8))
            _channel = Text(value, "channel");
        else if (field.NameEquals("function_call"u8))
            OldCall(value);
        else
            (_others ??= []).Add(new(field.Name, value.GetRawText()));
    }

    readonly void Null(JsonProperty field)
    {
        if (field.NameEquals("tool_calls"u8))
            Repair(HistoryRepairKind.EmptyCallsRemoved);
        else
            Repair(HistoryRepairKind.NullRemoved, field.Name);
    }

    void Thinking(string text, bool isRenamed)
    {
        if (text.AsSpan().Trim().IsEmpty)
        {
            Repair(HistoryRepairKind.EmptyThinkingRemoved);
            return;
        }
        if (isRenamed)
            Repair(HistoryRepairKind.ThinkingRenamed);
        if (_thinking is null)
            _thinking = text;
        else if (_thinking == text)
            Repair(HistoryRepairKind.ThinkingTwice);
        else
            throw new HistoryFormatException(Path("thinking"), "found two different reasonings under two names, expected one");
    }

    void Weight(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out decimal weight) || weight is not (0 or 1))
            throw JsonText.Wrong(value, Path("weight"), "0 or 1");
        _isTrained = weight > 0;
    }

    void Calls(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw JsonText.Wrong(value, Path("tool_calls"), "a list of calls");
        if (value.GetArrayLength() == 0)
            Repair(HistoryRepairKind.EmptyCallsRemoved);
        if (value.GetArrayLength() > MostCalls)
            throw new HistoryFormatException(Path("tool_calls"), string.Create(CultureInfo.InvariantCulture, $"found {value.GetArrayLength()} calls, expected at most {MostCalls} in a message"));
        int at = 0;
        foreach (JsonElement call in value.EnumerateArray())
            (_calls ??= []).Add(Call(call, string.Create(CultureInfo.InvariantCulture, $"tool_calls[{at++}]")));
    }

    void OldCall(JsonElement value)
    {
        Repair(HistoryRepairKind.CallRenamed);
        (_calls ??= []).Add(Call(value, "function_call"));
    }

    readonly HistoryCall Call(JsonElement call, string field)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw JsonText.Wrong(call, Path(field), "a call");
        string? id = JsonText.Present(call, "id"u8) is { } found ? Text(found, $"{field}.id") : null;
        JsonElement? contentType = JsonText.Present(call, "content_type"u8);
        if (JsonText.Present(call, "function"u8) is { } function)
        {
            field += ".function";
            if (function.ValueKind != JsonValueKind.Object)
                throw JsonText.Wrong(function, Path(field), "a function with a name and arguments");
            call = function;
            contentType ??= JsonText.Present(call, "content_type"u8);
        }
        if (JsonText.Present(call, "name"u8) is not { } name)
            throw new HistoryFormatException(Path($"{field}.name"), "found nothing, expected the name of a function");
        string bare = CallNames.Bare(Text(name, $"{field}.name"));
        if (bare.Length == 0)
            throw new HistoryFormatException(Path($"{field}.name"), "found an empty name, expected that of a function");
        return Arguments(bare, call, field) with { Id = id, ContentType = contentType is { } type ? Text(type, $"{field}.content_type") : null };
    }

    readonly HistoryCall Arguments(string name, JsonElement call, string field)
    {
        if (JsonText.Present(call, "arguments"u8) is not { } arguments)
        {
            Repair(HistoryRepairKind.ArgumentsAdded, name);
            return new(name, "{}");
        }
        if (arguments.ValueKind != JsonValueKind.String)
            return new(name, SpacedJson.Write(arguments));
        string text = Text(arguments, $"{field}.arguments");
        if (text.AsSpan().Trim().IsEmpty)
        {
            Repair(HistoryRepairKind.ArgumentsAdded, name);
            return new(name, "{}");
        }
        bool isJson = JsonText.IsJson(text);
        Repair(isJson ? HistoryRepairKind.ArgumentsParsed : HistoryRepairKind.ArgumentsNotJson, name);
        return new(name, text, isJson);
    }

    HistoryMessage Finish()
    {
        if (_role is null)
            throw new HistoryFormatException(Path("role"), "found nothing, expected system, developer, user, assistant or tool");
        Role role = RoleOf(_role);
        string? content = Content(role);
        if (role == Role.Assistant)
            content = SplitThinking(content);
        else if (_calls is { Count: > 0 })
            throw new HistoryFormatException(Path("tool_calls"), $"found calls of '{_role}', expected them of the assistant only");
        if (role == Role.Tool && content is null)
        {
            content = "";
            Repair(HistoryRepairKind.ResultWritten);
        }
        if (role != Role.Assistant && content is null)
            throw new HistoryFormatException(Path("content"), "found nothing, expected text");
        return new()
        {
            Role = role,
            Content = content,
            Thinking = role == Role.Assistant ? _thinking : null,
            Calls = _calls ?? (IReadOnlyList<HistoryCall>)[],
            Name = role == Role.Tool && _name is not null ? CallNames.Bare(_name) : _name,
            CallId = _callId,
            Channel = role == Role.Assistant ? _channel : null,
            IsTrained = _isTrained,
            Others = _others ?? (IReadOnlyList<KeyValuePair<string, string>>)[],
        };
    }

    readonly Role RoleOf(string name)
    {
        if (Roles.TryParse(name, out Role role))
            return role;
        if (name is "function" or "ipython")
        {
            Repair(HistoryRepairKind.RoleRenamed, name);
            return Role.Tool;
        }
        throw new HistoryFormatException(Path("role"), $"found {Printable.Quote(name)}, expected system, developer, user, assistant or tool");
    }

    readonly string? Content(Role role)
    {
        if (_content is not { } content)
            return null;
        return content.ValueKind switch
        {
            JsonValueKind.String => Text(content, "content"),
            JsonValueKind.Array when role != Role.Tool || LooksLikeParts(content) => Parts(content, role),
            _ when role == Role.Tool => Result(content),
            _ => throw JsonText.Wrong(content, Path("content"), "text or a list of text parts"),
        };
    }

    static bool LooksLikeParts(JsonElement content) =>
        content.GetArrayLength() > 0 && content.EnumerateArray().All(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type"u8, out _));

    readonly string Result(JsonElement content)
    {
        Repair(HistoryRepairKind.ResultWritten);
        return SpacedJson.Write(content);
    }

    readonly string Parts(JsonElement parts, Role role)
    {
        StringBuilder joined = new();
        int at = 0;
        foreach (JsonElement part in parts.EnumerateArray())
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"content[{at++}]");
            if (part.ValueKind == JsonValueKind.String)
            {
                joined.Append(Text(part, field));
                continue;
            }
            if (part.ValueKind != JsonValueKind.Object)
                throw JsonText.Wrong(part, Path(field), "a text part");
            string type = JsonText.Present(part, "type"u8) is { } kind ? Text(kind, $"{field}.type") : "text";
            if (type is "text" or "input_text" or "output_text" && JsonText.Present(part, "text"u8) is { } text)
                joined.Append(Text(text, $"{field}.text"));
            else if (role == Role.Tool)
                Repair(HistoryRepairKind.PartLeftOut, type);
            else
                throw new HistoryFormatException(Path(field), $"found a part of type {Printable.Quote(type)}, expected text: gpt-oss reads nothing else");
        }
        Repair(HistoryRepairKind.PartsJoined);
        return joined.ToString();
    }

    string? SplitThinking(string? content)
    {
        if (content is null || !ThinkTags.TrySplit(content, out string? thought, out string rest))
            return content;
        if (thought is null)
            Repair(HistoryRepairKind.EmptyThinkingRemoved);
        else if (_thinking is null)
            Repair(HistoryRepairKind.ThinkingSplit);
        else if (_thinking.AsSpan().Trim().SequenceEqual(thought))
            Repair(HistoryRepairKind.ThinkingTwice);
        else
            throw new HistoryFormatException(Path("content"), "found a reasoning in <think> beside another under its own name, expected one");
        _thinking ??= thought;
        return rest;
    }
}
