using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>One check of one conversation. The rules are those of <see cref="ConversationRules"/>, which fixing shares.</summary>
sealed class ConversationCheck(Conversation conversation, CheckOptions options)
{
    readonly IReadOnlyList<Message> _messages = conversation.Messages;
    readonly List<Finding> _findings = [];
    readonly CallPairs _calls = CallPairs.Of(conversation.Messages);
    readonly DeclaredTools _tools = DeclaredTools.Of(conversation.Messages);
    readonly int _system = ConversationRules.IndexOfSystem(conversation.Messages);
    readonly int _displacedDeveloper = ConversationRules.IndexOfDisplacedDeveloper(conversation.Messages);
    IReadOnlyList<string> _validChannels = HeaderWords.Channels;
    bool _isBehindOthers;
    int _lastOther;

    public List<Finding> Run()
    {
        if (_messages.Count == 0)
        {
            AddWhole(FindingCode.EmptyConversation, "The conversation has no messages.", "Give at least a system message and a user message.");
            return _findings;
        }
        _lastOther = _messages.Count - 1;   // behind it stand only calls and results
        while (_lastOther >= 0 && (HarmonyCall.IsCall(_messages[_lastOther]) || _messages[_lastOther].Role == Role.Tool))
            _lastOther--;
        CheckRoles();
        CheckTools();
        CheckReasoning();
        for (int i = 0; i < _messages.Count; i++)
        {
            CheckContent(i);
            CheckHeader(i);
            CheckOrder(i);
            CheckCalls(i);
            CheckTexts(i);
        }
        CheckEnd();
        return _findings;
    }

    void CheckRoles()
    {
        if (_system < 0)
        {
            AddWhole(FindingCode.MissingSystem, "There is no system message.",
                "gpt-oss expects one first: identity, reasoning effort, date and \"# Valid channels\" (SystemContent.Default).", canFix: true);
        }
        else
        {
            CheckSystem(_system);
        }
        if (!_messages.Any(message => message.Role == Role.User))
            AddWhole(FindingCode.MissingUser, "There is no user message.", "The model answers a user; put the question into a message with the role user.");
    }

    void CheckSystem(int index)
    {
        SystemText system = SystemText.Of(_messages[index]);
        string place = system.TypedPart is { } part ? Content(index, part) : $"messages[{index}].content";
        string datePath = system.TypedPart is null ? place : $"{place}.conversation_start_date";
        if (system.Date is null)
        {
            Add(FindingCode.MissingDate, index, datePath, "The system message has no date.",
                "Give the day of the conversation, yyyy-MM-dd, and keep it while the conversation lasts, so that the prompt stays the same.",
                canFix: system.TypedPart is not null && options.Date is not null);
        }
        else if (!ConversationRules.IsIsoDate(system.Date))
        {
            Add(FindingCode.NotIsoDate, index, datePath, $"The date is {Printable.Quote(system.Date)}.", "gpt-oss was trained on yyyy-MM-dd, as in 2025-06-28.",
                canFix: system.DatePart is not null && ConversationRules.ReadDate(system.Date) is not null);
        }
        bool isMissing = system.ValidChannels is not { Count: > 0 };
        string channelsPath = system.TypedPart is null ? place : $"{place}.channel_config";
        if (_tools.AnyFunctions && (isMissing || !system.SendsCallsToCommentary))
        {
            Add(FindingCode.FunctionsWithoutChannelList, index, channelsPath,
                isMissing ? "Function tools are declared, but the system message has no \"# Valid channels\" line."
                    : "Function tools are declared, but the system message does not say that calls go to the commentary channel.",
                "Without it the model loses calls or puts them on any channel: give the channels analysis, commentary and final (ChannelConfig.Default).",
                canFix: isMissing && system.TypedPart is not null);
        }
        else if (isMissing)
        {
            Add(FindingCode.MissingChannelList, index, channelsPath, "The system message has no \"# Valid channels\" line.",
                "Give the channels analysis, commentary and final (ChannelConfig.Default): the model was trained with that line.", canFix: system.TypedPart is not null);
        }
        _validChannels = system.ValidChannels is { Count: > 0 } valid ? valid : HeaderWords.Channels;
    }

    void CheckTools()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (DeclaredTool tool in _tools.All)
        {
            string name = Printable.Quote(tool.FullName);
            if (!seen.Add(tool.FullName))
                Add(FindingCode.DuplicateTool, tool.MessageIndex, tool.Path, $"The tool {name} is declared a second time.", "Declare it once: the model sees both and cannot tell them apart.");
            bool isOwn = tool.IsFunction ? !ConversationRules.IsBuiltinNamespace(tool.Namespace) : tool.IsDeveloper;
            if (isOwn && ToolAliases.IsBuiltin(tool.Name))
            {
                Add(FindingCode.BuiltinToolName, tool.MessageIndex, tool.Path, $"The tool {name} has the name of a tool that the model was trained with.",
                    $"The model will send it raw code instead of JSON arguments. Show it under another name, such as {Printable.Quote($"{tool.Name}_tool")}, and map calls back: ToolAliases does both.");
            }
            if (tool is { IsFunction: true, IsDeveloper: true, Namespace: "functions", Key: not "functions" })
            {
                Add(FindingCode.FunctionsUnderOtherKey, tool.MessageIndex, tool.Path, $"The namespace functions stands under the key {Printable.Quote(tool.Key)}.",
                    "Use the key \"functions\": it decides whether the system message sends calls to the commentary channel.");
            }
        }
    }

    /// <summary>Old reasoning that none of the rules keeps, not even in training; one finding for all of it.</summary>
    void CheckReasoning()
    {
        ReadOnlySpan<Message> messages = ((EquatableList<Message>)_messages).AsSpan();
        DroppingRule harmony = new(AnalysisDropping.Harmony, messages, isForTraining: true);
        DroppingRule template = new(AnalysisDropping.Template, messages, isForTraining: true);
        DroppingRule perTurn = new(AnalysisDropping.PerTurn, messages, isForTraining: true);
        int first = -1, count = 0;
        for (int i = 0; i < messages.Length; i++)
        {
            Message message = messages[i];
            if (!harmony.ReasonOf(message, i).IsDropped() || !template.ReasonOf(message, i).IsDropped() || !perTurn.ReasonOf(message, i).IsDropped())
                continue;
            first = first < 0 ? i : first;
            count++;
        }
        if (count > 0)
            Add(FindingCode.UnkeptReasoning, first, $"messages[{first}]", count == 1 ? "This reasoning is dropped by every rule." : $"{count} messages of reasoning, this being the first, are dropped by every rule.",
                "It is never rendered; keep it in the conversation if you like, it costs nothing.");
    }

    void CheckContent(int index)
    {
        Message message = _messages[index];
        for (int part = 0; part < message.Content.Count; part++)
        {
            if (message.Content[part] is SystemContent && message.Role != Role.System)
                Misplaced(index, part, "System content", Role.System);
            else if (message.Content[part] is DeveloperContent && message.Role != Role.Developer)
                Misplaced(index, part, "Developer content", Role.Developer);
        }
        bool isEmpty = message.Content.All(part => part is TextContent { Text: "" });
        if (isEmpty && !HarmonyCall.IsCall(message))
            Add(FindingCode.EmptyContent, index, $"messages[{index}].content", $"The {Roles.NameOf(message.Role)} message is empty.", "Leave it out, or say what it should.");
    }

    void Misplaced(int index, int part, string what, Role role) =>
        Add(FindingCode.MisplacedContent, index, Content(index, part), $"{what} stands in a message of the role {Roles.NameOf(_messages[index].Role)}; it cannot be rendered.",
            $"Give the message the role {Roles.NameOf(role)}.", canFix: true);

    void CheckHeader(int index)
    {
        Message message = _messages[index];
        string place = $"messages[{index}]";
        if (message.Role == Role.Tool && string.IsNullOrEmpty(message.Author.Name))
        {
            Add(FindingCode.ToolWithoutName, index, $"{place}.name", message.Author.Name is null ? "The tool message has no name; it cannot be rendered." : "The tool message has an empty name, so its header would be empty.",
                _calls.BetterName(index) is { } name ? $"Give the name of the call that it answers, {Printable.Quote(name)}." : "Give the tool's full name, such as \"functions.get_weather\".",
                canFix: _calls.BetterName(index) is not null);
        }
        if (message.Role != Role.Tool && message.Author.Name is not null)
            Add(FindingCode.NameOnRole, index, $"{place}.name", $"The {Roles.NameOf(message.Role)} message has the name {Printable.Quote(message.Author.Name)}.",
                $"It is rendered as {Roles.NameOf(message.Role)}:name, which the official parser does not read.");
        if (message.Role == Role.Tool)
            CheckWord(index, "name", message.Author.Name);
        CheckWord(index, "recipient", message.Recipient);
        CheckWord(index, "channel", message.Channel);
        CheckChannel(index);
        if (message is { Role: Role.Assistant, ContentType: { } type, Recipient: null } && type.StartsWith(ControlTokens.ConstrainName, StringComparison.Ordinal))
            Add(FindingCode.ContentTypeWithoutRecipient, index, $"{place}.content_type", $"The content type is {Printable.Quote(type)}, but there is no recipient.",
                "Parsers take a lone content type for the recipient. Name the tool that is called, or leave the type out.");
    }

    void CheckWord(int index, string field, string? value)
    {
        if (value is null || ConversationRules.CleanWord(value) is not { } clean || clean == value)
            return;
        Add(FindingCode.PollutedHeader, index, $"messages[{index}].{field}", $"The {field} is {Printable.Quote(value)}.",
            clean.Length > 0 ? $"It ends at the first blank or control token: {Printable.Quote(clean)} was meant." : "There is nothing in it before the first blank or control token: leave it out.",
            canFix: true);
    }

    void CheckChannel(int index)
    {
        Message message = _messages[index];
        string path = $"messages[{index}].channel";
        if (message is { Role: Role.Assistant, Channel: null or "" })
        {
            string channel = ConversationRules.DefaultChannel(message);
            Add(FindingCode.MissingChannel, index, path, "The assistant message has no channel.",
                $"Every assistant message names one: \"analysis\" for reasoning, \"commentary\" for calls, \"final\" for answers. Here {Printable.Quote(channel)} is likely.", canFix: true);
        }
        else if (message.Role is Role.User or Role.System or Role.Developer && message.Channel is not null)
        {
            Add(FindingCode.UnexpectedChannel, index, path, $"The {Roles.NameOf(message.Role)} message is on the channel {Printable.Quote(message.Channel)}.",
                message.Channel == Channels.Final ? "Leave the channel out; old reasoning is dropped up to the first message on final, and this one counts."
                    : "Only the assistant and its tools use channels; leave it out.");
        }
        else if (message.Channel is { Length: > 0 } channel && !_validChannels.Contains(channel, StringComparer.Ordinal) && ConversationRules.CleanWord(channel) == channel)
        {
            Add(FindingCode.UnknownChannel, index, path, $"The channel is {Printable.Quote(channel)}.",
                ConversationRules.NearestChannel(channel, _validChannels) is { } near ? $"Did you mean {Printable.Quote(near)}?" : $"The valid ones here are {string.Join(", ", _validChannels.Select(valid => Printable.Escape(valid)))}.");
        }
    }

    void CheckOrder(int index)
    {
        Message message = _messages[index];
        string path = $"messages[{index}]";
        if (ConversationRules.IsInstructions(message))
        {
            Add(FindingCode.InstructionsInSystem, index, path, $"The system message holds instructions: {Printable.Quote(message.Text)}.",
                "What other APIs call the system prompt is Harmony's developer message (DeveloperContent.Instructions); the system message is identity, date and channels.", canFix: true);
        }
        else if (message.Role == Role.System && index > 0)
        {
            if (_isBehindOthers)
                Add(FindingCode.SystemNotFirst, index, path, $"The system message is message {index}.", "Put it first.", canFix: true);
            if (_system >= 0 && _system < index)
                Add(FindingCode.SeveralSystem, index, path, "This is a second system message.", "Join them into one: the model was trained with one, at the start.");
        }
        _isBehindOthers |= message.Role != Role.System || ConversationRules.IsInstructions(message);
        if (_displacedDeveloper == index)
            Add(FindingCode.DeveloperNotSecond, index, path, $"The developer message is message {index}.", "Put it right behind the system message.", canFix: true);
        if (index == 0 || _messages[index - 1].Role != message.Role)
            return;
        bool canMerge = ConversationRules.CanMerge(_messages, index, _calls);
        if (message.Role == Role.User)
            Add(FindingCode.ConsecutiveUser, index, path, "A user message follows a user message.", "Join them into one, or put the assistant's answer between them.", canFix: canMerge);
        else if (canMerge || (message.Role == Role.Developer && !ConversationRules.IsInstructions(message)))
            Add(FindingCode.ConsecutiveSameRole, index, path, $"A {Roles.NameOf(message.Role)} message follows another{On(message.Channel)}.", "Join them into one.", canFix: canMerge);
    }

    static string On(string? channel) => channel is null ? "" : $" on the channel {Printable.Quote(channel)}";

    void CheckCalls(int index)
    {
        Message message = _messages[index];
        if (message is { Role: Role.Assistant, Recipient: not null })
            CheckCall(index, message, message.Recipient);
        if (message.Role != Role.Tool)
            return;
        if (message.Recipient is not "assistant")
            Add(FindingCode.ResultNotToAssistant, index, $"messages[{index}].recipient",
                message.Recipient is null ? "The tool message has no recipient." : $"The tool message is addressed to {Printable.Quote(message.Recipient)}.",
                "A result goes to \"assistant\".", canFix: message.Recipient is null);
        if (_calls[index] is null)
            Add(FindingCode.ResultWithoutCall, index, $"messages[{index}]", $"The result of {Printable.Quote(message.Author.Name)} answers no call.",
                "Put the assistant's call before it, with the tool as recipient.");
        else if (!string.IsNullOrEmpty(message.Author.Name) && _calls.BetterName(index) is { } better)
            Add(FindingCode.UnknownTool, index, $"messages[{index}].name", $"The tool's name is {Printable.Quote(message.Author.Name)}, but {Printable.Quote(better)} was called.",
                "Give the result the full name that was called.", canFix: true);
    }

    void CheckCall(int index, Message message, string recipient)
    {
        string path = $"messages[{index}].recipient";
        if (!HarmonyCall.IsTool(recipient))
        {
            Add(FindingCode.CallToNobody, index, path, $"The assistant message is addressed to {Printable.Quote(recipient)}, which is no tool.",
                "Leave the recipient out: with it the message ends in <|call|>, as if the model waited for a tool.", canFix: true);
            return;
        }
        if (ConversationRules.CleanWord(recipient) != recipient)
            return;   // reported as polluted
        if (!_tools.Contains(recipient))
        {
            string? full = ConversationRules.FullRecipient(recipient, _tools);
            Add(FindingCode.UnknownTool, index, path, $"The call goes to {Printable.Quote(recipient)}, which no message declares.",
                full is not null ? $"Call it by its full name, {Printable.Quote(full)}."
                    : _tools.All.Count == 0 ? "Declare the tool in the developer message; no tool is declared in this conversation."
                    : $"Declared are {Listed(_tools.All.Select(tool => tool.FullName))}.",
                canFix: full is not null);
        }
        bool wantsJson = !_tools.TakesText(recipient) && (_tools.Contains(recipient) || recipient.StartsWith("functions.", StringComparison.Ordinal)
            || message.ContentType?.EndsWith("json", StringComparison.Ordinal) == true);
        if (wantsJson && message.Content.All(part => part is TextContent))
            CheckArguments(index, message.Text, CallPairs.BareName(recipient));
        if (_calls[index] is not null)
            return;
        if (index > _lastOther)
            Add(FindingCode.PendingCall, index, path, $"The call of {Printable.Quote(recipient)} waits for its result.", "Run the tool and append what it says, addressed to \"assistant\".");
        else
            Add(FindingCode.CallWithoutResult, index, path, $"The call of {Printable.Quote(recipient)} has no result.", "Put the tool's message behind it, or drop the call: the model takes an unanswered call for a tool that failed.");
    }

    void CheckArguments(int index, string text, string name)
    {
        string? problem = JsonProblem(text) ?? (text.AsSpan().TrimStart() is ['{', ..] ? null : "JSON, but no object,");
        if (problem is null)
            return;
        Add(FindingCode.ArgumentsNotJson, index, $"messages[{index}].content", $"The arguments are not a JSON object: {problem} in {Printable.Quote(text)}.",
            ArgumentRepair.TryRepair(text, null, name, out string json, out string how) ? $"{Printable.Quote(json)} was meant: {Printable.Escape(how)}. CallResolver reads it so."
                : "Arguments are one JSON object that fits the function's parameters.");
    }

    void CheckTexts(int index)
    {
        Message message = _messages[index];
        bool canTrim = ControlStructure.Trim(message) is not null;
        for (int part = 0; part < message.Content.Count; part++)
        {
            switch (message.Content[part])
            {
                case TextContent text:
                    CheckText(index, Content(index, part), text.Text, canTrim);
                    break;
                case SystemContent system:
                    CheckText(index, $"{Content(index, part)}.model_identity", system.ModelIdentity, canFix: false);
                    CheckToolTexts(index, $"{Content(index, part)}.tools", system.Tools);
                    break;
                case DeveloperContent developer:
                    CheckText(index, $"{Content(index, part)}.instructions", developer.Instructions, canFix: false);
                    CheckToolTexts(index, $"{Content(index, part)}.tools", developer.Tools);
                    break;
            }
        }
    }

    /// <summary>Descriptions of tools often come from elsewhere, so they are looked at like any text.</summary>
    void CheckToolTexts(int index, string path, IReadOnlyDictionary<string, ToolNamespace>? namespaces)
    {
        foreach ((string key, ToolNamespace tools) in namespaces ?? new Dictionary<string, ToolNamespace>(StringComparer.Ordinal))
        {
            string place = $"{path}.{Printable.Escape(key)}";
            CheckText(index, $"{place}.description", tools.Description, canFix: false);
            for (int i = 0; i < tools.Tools.Count; i++)
            {
                CheckText(index, $"{place}.tools[{i}].description", tools.Tools[i].Description, canFix: false);
                CheckText(index, $"{place}.tools[{i}].parameters", tools.Tools[i].Parameters?.Text, canFix: false);
            }
        }
    }

    void CheckText(int index, string path, string? text, bool canFix)
    {
        if (string.IsNullOrEmpty(text))
            return;
        CheckControlText(index, path, text, canFix);
        if (text.Contains('\uFEFF', StringComparison.Ordinal))
            Add(FindingCode.ByteOrderMark, index, path, $"A byte order mark (U+FEFF) stands at character {text.IndexOf('\uFEFF', StringComparison.Ordinal)}.", "It comes from reading a file and reaches the model as a token; remove it.");
        if (text.AsSpan().IndexOfAny(ConversationRules.ControlCharacters) is var at and >= 0)
            Add(FindingCode.ControlCharacter, index, path, string.Create(CultureInfo.InvariantCulture, $"The control character U+{(int)text[at]:X4} stands at character {at}."), "It is invisible and says nothing to the model; remove it.");
        if (ConversationRules.IndexOfLoneSurrogate(text) is var half and >= 0)
            Add(FindingCode.LoneSurrogate, index, path, $"Half a surrogate pair stands at character {half}.", "It is rendered as U+FFFD; the text was cut inside a character.");
    }

    void CheckControlText(int index, string path, string text, bool canFix)
    {
        Role role = _messages[index].Role;
        List<ControlText> marks = ControlTextScanner.Find(text);
        if (marks.Count > 0 && role is Role.User or Role.Tool)
        {
            Add(FindingCode.ForgedControlText, index, path, $"The {(role == Role.User ? "user" : "tool")} wrote {Marks(text, marks)}, which looks like control tokens.",
                "It stays ordinary text and cannot end the message or start another. In an engine that tokenizes whole prompts as text it would; see where it comes from.");
        }
        else
        {
            AddMarks(FindingCode.LeftoverControlText, index, path, text, [.. marks.Where(mark => mark.IsExact)], canFix,
                role == Role.Assistant ? "Here it is only text, which the model then learns to write. Take it out; ends and headers are added by rendering."
                    : "Here it is only text. Where the format itself is not the subject, take it out.");
            AddMarks(FindingCode.NearControlText, index, path, text, [.. marks.Where(mark => !mark.IsExact)], canFix,
                "It is no control token of Harmony, only text: mistyped, or left by another format. Take it out.");
        }
        if (role == Role.Assistant && ConversationRules.FindStripped(text) is { } stripped)
            Add(FindingCode.StrippedControlText, index, path, $"The text contains {Printable.Quote(stripped)}: control tokens were stripped from it.",
                "Parse the completion's ids instead of its text, or read the text with the parser's text mode.");
    }

    void AddMarks(FindingCode code, int index, string path, string text, List<ControlText> marks, bool canFix, string advice)
    {
        if (marks.Count > 0)
            Add(code, index, path, $"The text spells {Marks(text, marks)}.", advice, canFix);
    }

    static string Marks(string text, List<ControlText> marks)
    {
        const int Shown = 3;
        string list = string.Join(", ", marks.Take(Shown).Select(mark => Printable.Quote(text.AsSpan(mark.Start, mark.Length))));
        return marks.Count <= Shown ? list : $"{list} and {marks.Count - Shown} more";
    }

    void CheckEnd()
    {
        if (_messages[^1] is { Role: Role.Assistant, Channel: Channels.Analysis, Recipient: null })
            Add(FindingCode.AnalysisLast, _messages.Count - 1, $"messages[{_messages.Count - 1}]", "The conversation ends in reasoning.",
                "An answer on final, or a call, is missing: the completion was cut, or what followed was lost.");
    }

    /// <summary>What is wrong with JSON; null where nothing is. Never recursive, whatever the depth.</summary>
    static string? JsonProblem(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "nothing";
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader json = new(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (json.Read())
            {
                // only the syntax counts
            }
            return null;
        }
        catch (JsonException error)
        {
            int tail = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string problem = Printable.Escape((tail < 0 ? error.Message : error.Message[..tail]).TrimEnd('.'));
            return string.Create(CultureInfo.InvariantCulture, $"{problem} at line {error.LineNumber + 1} byte {error.BytePositionInLine + 1}");
        }
    }

    static string Listed(IEnumerable<string> names)
    {
        const int Shown = 8;
        List<string> all = [.. names.Distinct(StringComparer.Ordinal)];
        string list = string.Join(", ", all.Take(Shown).Select(name => Printable.Escape(name)));
        return all.Count <= Shown ? list : $"{list} and {all.Count - Shown} more";
    }

    static string Content(int message, int part) => $"messages[{message}].content[{part}]";

    void AddWhole(FindingCode code, string found, string advice, bool canFix = false) =>
        _findings.Add(new() { Code = code, Severity = FindingCodes.SeverityOf(code), Path = "messages", Found = found, Advice = advice, CanFix = canFix });

    void Add(FindingCode code, int index, string path, string found, string advice, bool canFix = false) =>
        _findings.Add(new() { Code = code, Severity = FindingCodes.SeverityOf(code), MessageIndex = index, Path = path, Found = found, Advice = advice, CanFix = canFix });
}
