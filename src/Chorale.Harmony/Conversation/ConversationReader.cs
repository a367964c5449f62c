using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Reads conversations field by field, with the official implementation's rules: which fields must be there, which may
/// stand only once, and that whatever a message holds, known or not, nests at most 127 levels and has numbers that are
/// doubles. A field beside <c>messages</c> is passed over unseen.
/// </summary>
ref struct ConversationReader
{
    const int MaxDepth = 127;

    /// <summary>The levels that a conversation needs around a function's parameters.</summary>
    const int LevelsAroundParameters = 9;

    readonly ReadOnlySpan<byte> _utf8;
    readonly string _what;
    readonly int _maxDepth;
    readonly List<string> _path = [];
    Utf8JsonReader _json;

    ConversationReader(ReadOnlySpan<byte> utf8, string what, int maxDepth)
    {
        _utf8 = utf8;
        _what = what;
        _maxDepth = maxDepth;
        _json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
    }

    delegate T Reading<out T>(ref ConversationReader reader);

    public static Conversation ReadConversation(ReadOnlySpan<byte> utf8) =>
        ReadWhole(utf8, "conversation", MaxDepth, static (ref reader) => reader.Conversation());

    public static Message ReadMessage(ReadOnlySpan<byte> utf8) =>
        ReadWhole(utf8, "message", MaxDepth, static (ref reader) => reader.Message());

    public static JsonSchema ReadSchema(ReadOnlySpan<byte> utf8) =>
        ReadWhole(utf8, "schema", MaxDepth - LevelsAroundParameters, static (ref reader) => reader.Schema());

    static T ReadWhole<T>(ReadOnlySpan<byte> utf8, string what, int maxDepth, Reading<T> read)
    {
        ConversationReader reader = new(utf8, what, maxDepth);
        try
        {
            reader.Read();
            T whole = read(ref reader);
            reader.End();
            return whole;
        }
        catch (JsonException syntax)
        {
            throw reader.Syntax(syntax);
        }
    }

    Conversation Conversation()
    {
        ExpectObject("an object with 'messages'");
        List<Message>? messages = null;
        while (NextField(out string? field))
        {
            if (field == "messages")
            {
                Once(messages is null, field);
                messages = Messages();
            }
            else
            {
                _json.Skip();
            }
            Leave();
        }
        return new() { Messages = EquatableList.Copy(messages ?? throw Missing("messages")) };
    }

    List<Message> Messages()
    {
        ExpectArray("a list of messages");
        List<Message> messages = [];
        while (NextItem(messages.Count))
        {
            messages.Add(Message());
            Leave();
        }
        return messages;
    }

    Message Message()
    {
        ExpectObject("a message");
        Role? role = null;
        EquatableList<ContentPart>? content = null;
        string? name = null, recipient = null, channel = null, contentType = null;
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "role":
                    Once(ref seen, Fields.Role, field);
                    role = Role();
                    break;
                case "name":
                    Once(ref seen, Fields.Name, field);
                    name = OptionalString();
                    break;
                case "recipient":
                    Once(ref seen, Fields.Recipient, field);
                    recipient = OptionalString();
                    break;
                case "content":
                    Once(ref seen, Fields.Content, field);
                    content = Content();
                    break;
                case "channel":
                    Once(ref seen, Fields.Channel, field);
                    channel = OptionalString();
                    break;
                case "content_type":
                    Once(ref seen, Fields.ContentType, field);
                    contentType = OptionalString();
                    break;
                default:
                    SkipChecked();
                    break;
            }
            Leave();
        }
        return new()
        {
            Author = new Author(role ?? throw Missing("role"), name),
            Recipient = recipient,
            Content = content ?? throw Missing("content"),
            Channel = channel,
            ContentType = contentType,
        };
    }

    Role Role()
    {
        string name = String();
        return Roles.TryParse(name, out Role role) ? role
            : throw Error($"unknown role '{name}', expected 'user', 'assistant', 'system', 'developer' or 'tool'");
    }

    EquatableList<ContentPart> Content()
    {
        if (_json.TokenType == JsonTokenType.String)
            return new EquatableList<ContentPart>([new TextContent(String())]);
        ExpectArray("a string or a list of parts");
        List<ContentPart> parts = [];
        while (NextItem(parts.Count))
        {
            parts.Add(Part());
            Leave();
        }
        return EquatableList.Copy(parts);
    }

    ContentPart Part()
    {
        ExpectObject("an object with 'type'");
        return TypeOfPart() switch
        {
            "text" => Text(),
            "system_content" => System(),
            "developer_content" => Developer(),
            { } other => throw Error($"unknown type '{other}', expected 'text', 'system_content' or 'developer_content'"),
        };
    }

    /// <summary>Looks through the whole part for its type, which need not come first, and leaves the reader where it was.</summary>
    string TypeOfPart()
    {
        Utf8JsonReader start = _json;
        string? type = null;
        while (NextField(out string? field))
        {
            if (field == "type")
            {
                Once(type is null, field);
                type = String();
            }
            else
            {
                SkipChecked();
            }
            Leave();
        }
        if (type is null)
            throw Missing("type");
        _json = start;
        return type;
    }

    TextContent Text()
    {
        string? text = null;
        while (NextField(out string? field))
        {
            if (field == "text")
            {
                Once(text is null, field);
                text = String();
            }
            else
            {
                _json.Skip();
            }
            Leave();
        }
        return new(text ?? throw Missing("text"));
    }

    SystemContent System()
    {
        string? identity = null, date = null, cutoff = null;
        ReasoningEffort? effort = null;
        Dictionary<string, ToolNamespace>? tools = null;
        ChannelConfig? channels = null;
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "model_identity":
                    Once(ref seen, Fields.ModelIdentity, field);
                    identity = OptionalString();
                    break;
                case "reasoning_effort":
                    Once(ref seen, Fields.ReasoningEffort, field);
                    effort = Effort();
                    break;
                case "tools":
                    Once(ref seen, Fields.Tools, field);
                    tools = OptionalTools();
                    break;
                case "conversation_start_date":
                    Once(ref seen, Fields.ConversationStartDate, field);
                    date = OptionalString();
                    break;
                case "knowledge_cutoff":
                    Once(ref seen, Fields.KnowledgeCutoff, field);
                    cutoff = OptionalString();
                    break;
                case "channel_config":
                    Once(ref seen, Fields.ChannelConfig, field);
                    channels = _json.TokenType == JsonTokenType.Null ? null : Channels();
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new()
        {
            ModelIdentity = identity,
            ReasoningEffort = effort,
            Tools = tools,
            ConversationStartDate = date,
            KnowledgeCutoff = cutoff,
            ChannelConfig = channels,
        };
    }

    ReasoningEffort? Effort() => OptionalString() switch
    {
        null => null,
        "Low" => ReasoningEffort.Low,
        "Medium" => ReasoningEffort.Medium,
        "High" => ReasoningEffort.High,
        { } other => throw Error($"unknown effort '{other}', expected 'Low', 'Medium' or 'High'"),
    };

    ChannelConfig Channels()
    {
        ExpectObject("an object with 'valid_channels' and 'channel_required'");
        List<string>? valid = null;
        bool? required = null;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "valid_channels":
                    Once(valid is null, field);
                    ExpectArray("a list of channels");
                    valid = [];
                    while (NextItem(valid.Count))
                    {
                        valid.Add(String());
                        Leave();
                    }
                    break;
                case "channel_required":
                    Once(required is null, field);
                    required = _json.TokenType switch
                    {
                        JsonTokenType.True => true,
                        JsonTokenType.False => false,
                        _ => throw Unexpected("true or false"),
                    };
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new()
        {
            ValidChannels = valid ?? throw Missing("valid_channels"),
            ChannelRequired = required ?? throw Missing("channel_required"),
        };
    }

    DeveloperContent Developer()
    {
        string? instructions = null;
        Dictionary<string, ToolNamespace>? tools = null;
        List<ResponseFormat> formats = [];
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "instructions":
                    Once(ref seen, Fields.Instructions, field);
                    instructions = OptionalString();
                    break;
                case "tools":
                    Once(ref seen, Fields.Tools, field);
                    tools = OptionalTools();
                    break;
                case "response_formats":
                    Once(ref seen, Fields.ResponseFormats, field);
                    formats = OptionalResponseFormats();
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new() { Instructions = instructions, Tools = tools, ResponseFormats = formats };
    }

    List<ResponseFormat> OptionalResponseFormats()
    {
        List<ResponseFormat> formats = [];
        if (_json.TokenType == JsonTokenType.Null)
            return formats;
        ExpectArray("a list of response formats");
        while (NextItem(formats.Count))
        {
            formats.Add(ResponseFormat());
            Leave();
        }
        return formats;
    }

    ResponseFormat ResponseFormat()
    {
        ExpectObject("a response format");
        string? name = null, description = null;
        JsonSchema? schema = null;
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "name":
                    Once(ref seen, Fields.Name, field);
                    name = String();
                    break;
                case "description":
                    Once(ref seen, Fields.Description, field);
                    description = OptionalString();
                    break;
                case "schema":
                    Once(ref seen, Fields.Schema, field);
                    schema = Schema();
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new(name ?? throw Missing("name"), schema ?? throw Missing("schema"), description);
    }

    Dictionary<string, ToolNamespace>? OptionalTools()
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        ExpectObject("an object of tool namespaces");
        Dictionary<string, ToolNamespace> tools = new(StringComparer.Ordinal);
        while (NextField(out string? key))
        {
            tools[key] = Namespace();
            Leave();
        }
        return tools;
    }

    ToolNamespace Namespace()
    {
        ExpectObject("a tool namespace");
        string? name = null, description = null;
        List<ToolDescription>? tools = null;
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "name":
                    Once(ref seen, Fields.Name, field);
                    name = String();
                    break;
                case "description":
                    Once(ref seen, Fields.Description, field);
                    description = OptionalString();
                    break;
                case "tools":
                    Once(ref seen, Fields.Tools, field);
                    ExpectArray("a list of functions");
                    tools = [];
                    while (NextItem(tools.Count))
                    {
                        tools.Add(Function());
                        Leave();
                    }
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new() { Name = name ?? throw Missing("name"), Description = description, Tools = tools ?? throw Missing("tools") };
    }

    ToolDescription Function()
    {
        ExpectObject("a function");
        string? name = null, description = null;
        JsonSchema? parameters = null, returns = null;
        Fields seen = Fields.None;
        while (NextField(out string? field))
        {
            switch (field)
            {
                case "name":
                    Once(ref seen, Fields.Name, field);
                    name = String();
                    break;
                case "description":
                    Once(ref seen, Fields.Description, field);
                    description = String();
                    break;
                case "parameters":
                    Once(ref seen, Fields.Parameters, field);
                    parameters = _json.TokenType == JsonTokenType.Null ? null : Schema();
                    break;
                case "returns":
                    returns = _json.TokenType == JsonTokenType.Null ? null : Schema();   // to openai-harmony a field it passes over, so it may repeat
                    break;
                default:
                    _json.Skip();
                    break;
            }
            Leave();
        }
        return new(name ?? throw Missing("name"), description ?? throw Missing("description"), parameters) { Returns = returns };
    }

    JsonSchema Schema()
    {
        int start = (int)_json.TokenStartIndex;
        JsonValue root = Value();
        return new(Encoding.UTF8.GetString(_utf8[start..(int)_json.BytesConsumed]), root);
    }

    JsonValue Value()
    {
        CheckDepth();
        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject:
                List<KeyValuePair<string, JsonValue>> members = [];
                while (NextField(out string? key))
                {
                    members.Add(new(key, Value()));
                    Leave();
                }
                return JsonValue.FromMembers(members);
            case JsonTokenType.StartArray:
                List<JsonValue> items = [];
                while (NextItem(items.Count))
                {
                    items.Add(Value());
                    Leave();
                }
                return JsonValue.FromItems(items);
            case JsonTokenType.String:
                return JsonValue.FromString(String());
            case JsonTokenType.Number:
                return JsonValue.FromNumber(Number());
            case JsonTokenType.True:
                return JsonValue.FromBoolean(true);
            case JsonTokenType.False:
                return JsonValue.FromBoolean(false);
            default:
                return JsonValue.FromNull();
        }
    }

    /// <summary>Passes over a value, holding it to the depth, its strings and its numbers to what can be represented.</summary>
    void SkipChecked()
    {
        int depth = _json.CurrentDepth;
        while (true)
        {
            CheckDepth();
            if (_json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && _json.ValueIsEscaped)
                StringValue();
            else if (_json.TokenType == JsonTokenType.Number)
                Number();
            bool isValue = _json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);
            if (isValue && _json.CurrentDepth == depth)
                return;
            Read();
        }
    }

    void Read()
    {
        if (!_json.Read())
            throw Error("the text ends too early");
    }

    readonly void CheckDepth()
    {
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && _json.CurrentDepth >= _maxDepth)
            throw Error($"nested deeper than {_maxDepth} levels");
    }

    void End()
    {
        if (_json.Read())
            throw Error("something follows the value");
    }

    /// <summary>Moves to the next field's value and puts its name on the path, which <see cref="Leave"/> takes off; false at the end.</summary>
    bool NextField([NotNullWhen(true)] out string? field)
    {
        Read();
        field = null;
        if (_json.TokenType == JsonTokenType.EndObject)
            return false;
        field = StringValue();
        _path.Add(_path.Count == 0 ? field : $".{field}");
        Read();
        return true;
    }

    /// <summary>Moves to the next item and puts its index on the path; false at the end.</summary>
    bool NextItem(int index)
    {
        Read();
        if (_json.TokenType == JsonTokenType.EndArray)
            return false;
        _path.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
        return true;
    }

    readonly void Leave() => _path.RemoveAt(_path.Count - 1);

    string? OptionalString() => _json.TokenType == JsonTokenType.Null ? null : String();

    string String() => _json.TokenType == JsonTokenType.String ? StringValue() : throw Unexpected("a string");

    string StringValue()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException notUnicode)
        {
            throw Error("a string that is not Unicode: half of a surrogate pair, or bytes that are not UTF-8", notUnicode);
        }
    }

    string Number() =>
        OfficialNumber.TryNormalize(_json.ValueSpan, out string normalized) ? normalized
            : throw Error($"the number {Encoding.UTF8.GetString(_json.ValueSpan)} is out of range");

    readonly void ExpectObject(string expected)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Unexpected(expected);
        CheckDepth();
    }

    readonly void ExpectArray(string expected)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            throw Unexpected(expected);
        CheckDepth();
    }

    readonly void Once(ref Fields seen, Fields field, string name)
    {
        Once((seen & field) == Fields.None, name);
        seen |= field;
    }

    readonly void Once(bool first, string name)
    {
        if (!first)
            throw Error($"the field '{name}' stands twice");
    }

    readonly HarmonyJsonException Missing(string field) => Error($"the field '{field}' is missing");

    readonly HarmonyJsonException Unexpected(string expected) => Error($"found {Found()}, expected {expected}");

    readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => $"the number {Encoding.UTF8.GetString(_json.ValueSpan)}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    readonly HarmonyJsonException Error(string problem, Exception? inner = null)
    {
        ReadOnlySpan<byte> before = _utf8[..(int)_json.TokenStartIndex];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new(_what, problem, string.Concat(_path), before.Count((byte)'\n') + 1, before.Length - lineStart + 1, inner);
    }

    readonly HarmonyJsonException Syntax(JsonException syntax)
    {
        string message = syntax.Message;
        int tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string problem = (tail < 0 ? message : message[..tail]).TrimEnd('.');
        return new(_what, problem, "", (syntax.LineNumber ?? 0) + 1, (syntax.BytePositionInLine ?? 0) + 1, syntax);
    }

    [Flags]
    enum Fields
    {
        None = 0,
        Role = 1,
        Name = 1 << 1,
        Recipient = 1 << 2,
        Content = 1 << 3,
        Channel = 1 << 4,
        ContentType = 1 << 5,
        ModelIdentity = 1 << 6,
        ReasoningEffort = 1 << 7,
        Tools = 1 << 8,
        ConversationStartDate = 1 << 9,
        KnowledgeCutoff = 1 << 10,
        ChannelConfig = 1 << 11,
        Instructions = 1 << 12,
        Description = 1 << 13,
        Parameters = 1 << 14,
        ResponseFormats = 1 << 15,
        Schema = 1 << 16,
    }
}
