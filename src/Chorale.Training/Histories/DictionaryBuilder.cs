using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Makes dictionaries of Harmony messages.</summary>
sealed class DictionaryBuilder(HistoryRepairs repairs)
{
    readonly List<HistoryMessage> _messages = [];
    History _history = new();
    string? _thinking;
    string? _preamble;

    public History Build(Conversation conversation)
    {
        for (int i = 0; i < conversation.Messages.Count; i++)
            Add(conversation.Messages[i], i);
        Flush();
        return _history with { Messages = _messages };
    }

    void Add(Message message, int index)
    {
        if (message.Role != Role.Assistant)
            Flush();
        switch (message.Role)
        {
            case Role.System:
                AddSystem(message, index);
                break;
            case Role.Developer:
                AddDeveloper(message, index);
                break;
            case Role.User:
                _messages.Add(new() { Role = Role.User, Content = message.Text, Name = message.Author.Name });
                break;
            case Role.Tool:
                _messages.Add(new() { Role = Role.Tool, Content = message.Text, Name = CallNames.Bare(message.Author.Name ?? "") });
                break;
            default:
                AddAssistant(message, index);
                break;
        }
    }

    void AddAssistant(Message message, int index)
    {
        if (message.Author.Name is { } author)
            Lost(index, $"the assistant's name '{author}'");
        if (message.Recipient is { } recipient)
        {
            AddCall(message, recipient);
            return;
        }
        switch (message.Channel)
        {
            case Channels.Analysis:
                if (_preamble is not null)
                    Flush();
                _thinking = _thinking is null ? message.Text : $"{_thinking}\n\n{message.Text}";
                break;
            case Channels.Commentary:
                FlushPreamble();
                _preamble = message.Text;
                break;
            default:
                FlushPreamble();
                _messages.Add(new()
                {
                    Role = Role.Assistant,
                    Content = message.Text,
                    Thinking = TakeThinking(),
                    Channel = message.Channel is null or Channels.Final ? null : message.Channel,
                });
                break;
        }
    }

    void AddCall(Message message, string recipient)
    {
        string name = CallNames.Bare(recipient);
        bool isBuiltin = name.StartsWith("browser.", StringComparison.Ordinal) || name is "python" or "browser";
        string? type = message.ContentType is ConversionOptions.ConstrainedJson || (isBuiltin && message.ContentType == "code") ? null : message.ContentType;
        string? thinking = TakeThinking();
        _messages.Add(new()
        {
            Role = Role.Assistant,
            Thinking = thinking,
            Content = _preamble,
            Channel = _preamble is not null && thinking is null ? Channels.Commentary : null,
            Calls = [new(name, message.Text, JsonText.IsJson(message.Text)) { ContentType = type }],
        });
        _preamble = null;
    }

    string? TakeThinking()
    {
        string? thinking = _thinking;
        _thinking = null;
        return string.IsNullOrWhiteSpace(thinking) ? null : thinking;
    }

    void FlushPreamble()
    {
        if (_preamble is null)
            return;
        _messages.Add(new() { Role = Role.Assistant, Content = _preamble, Thinking = TakeThinking(), Channel = Channels.Commentary });
        _preamble = null;
    }

    /// <summary>Words and reasoning that nothing of the assistant's followed.</summary>
    void Flush()
    {
        FlushPreamble();
        if (TakeThinking() is { } thinking)
            _messages.Add(new() { Role = Role.Assistant, Thinking = thinking, Channel = Channels.Analysis });
    }

    void AddSystem(Message message, int index)
    {
        if (message.Content is not [SystemContent system])
        {
            ReadSystemText(message.Text, index);
            return;
        }
        _history = _history with
        {
            ModelIdentity = system.ModelIdentity == SystemContent.Default.ModelIdentity ? null : system.ModelIdentity,
            ReasoningEffort = system.ReasoningEffort is ReasoningEffort.Medium ? null : system.ReasoningEffort,
            BuiltinTools = [.. (system.Tools?.Keys ?? []).Where(key => key is "browser" or "python")],
            Date = DateOnly.TryParseExact(system.ConversationStartDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null,
        };
        if (system.ConversationStartDate is not null && _history.Date is null)
            Lost(index, "a date that is not yyyy-MM-dd");
        if (system.KnowledgeCutoff != SystemContent.Default.KnowledgeCutoff)
            Lost(index, "the knowledge cutoff");
        if (system.ChannelConfig != SystemContent.Default.ChannelConfig)
            Lost(index, "the channels");
        if (system.Tools?.Any(tool => tool.Key is not ("browser" or "python")) == true)
            Lost(index, "tools of the system message");
    }

    /// <summary>A system message as text, of a conversation that was parsed: the lines that gpt-oss's has.</summary>
    void ReadSystemText(string text, int index)
    {
        string[] lines = text.Split('\n');
        if (lines[0].Length > 0 && lines[0] != SystemContent.Default.ModelIdentity && !lines[0].Contains(": ", StringComparison.Ordinal))
            _history = _history with { ModelIdentity = lines[0] };
        foreach (string line in lines)
        {
            if (line.StartsWith("Reasoning: ", StringComparison.Ordinal) && line["Reasoning: ".Length..] is "low" or "high")
                _history = _history with { ReasoningEffort = line.EndsWith("low", StringComparison.Ordinal) ? ReasoningEffort.Low : ReasoningEffort.High };
            else if (line.StartsWith("Current date: ", StringComparison.Ordinal) && DateOnly.TryParseExact(line["Current date: ".Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
                _history = _history with { Date = date };
            else if (line is "## browser" or "## python")
                _history = _history with { BuiltinTools = [.. _history.BuiltinTools, line[3..]] };
        }
        Lost(index, "a system message as text, but for its identity, date, effort and built-in tools");
    }

    void AddDeveloper(Message message, int index)
    {
        if (message.Content is not [DeveloperContent developer])
        {
            const string Heading = "# Instructions\n\n";
            string text = message.Text;
            _messages.Add(new() { Role = Role.System, Content = text.StartsWith(Heading, StringComparison.Ordinal) ? text[Heading.Length..] : text });
            if (text.Contains("# Tools", StringComparison.Ordinal))
                Lost(index, "tools that are written as text");
            return;
        }
        if (developer.Instructions is { } instructions)
            _messages.Add(new() { Role = Role.System, Content = instructions });
        if (developer.ResponseFormats.Count > 0)
            Lost(index, "forms of the answer");
        foreach ((string key, ToolNamespace tools) in developer.Tools ?? new Dictionary<string, ToolNamespace>(StringComparer.Ordinal))
        {
            if (key != "functions" || tools.Description is not null)
                Lost(index, $"the namespace '{key}'{(key == "functions" ? "'s description" : "")}");
            if (key == "functions" && tools.Tools.Count > 0)
                _history = _history with { Tools = WriteTools(tools) };
        }
    }

    /// <summary>Functions in the form of OpenAI's Chat.</summary>
    static string WriteTools(ToolNamespace tools)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, HistoryWriter.Options))
        {
            writer.WriteStartArray();
            foreach (ToolDescription tool in tools.Tools)
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, tool.Name);
                writer.WriteString("description"u8, tool.Description);
                Schema(writer, "parameters", tool.Parameters);
                Schema(writer, "return", tool.Returns);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Schema(Utf8JsonWriter writer, string name, JsonSchema? schema)
    {
        if (schema is null)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(schema.Text, skipInputValidation: true);
    }

    void Lost(int index, string what) => repairs.Add(HistoryRepairKind.NotCarried, index, what);
}
