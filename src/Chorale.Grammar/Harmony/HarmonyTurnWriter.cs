namespace Chorale.Grammar;

/// <summary>Writes the graph of a turn.</summary>
sealed class HarmonyTurnWriter(GrammarBuilder builder)
{
    const string Analysis = "analysis", Commentary = "commentary", Final = "final";

    readonly int _start = Find(builder, "<|start|>");
    readonly int _channel = Find(builder, "<|channel|>");
    readonly int _message = Find(builder, "<|message|>");
    readonly int _constrain = Find(builder, "<|constrain|>");
    readonly int _end = Find(builder, "<|end|>");
    readonly int _return = Find(builder, "<|return|>");
    readonly int _call = Find(builder, "<|call|>");

    /// <summary>Adds a message of reasoning, whole, as a rule.</summary>
    public int AddReasoning()
    {
        int rule = builder.AddRule("reasoning");
        AddText(AddSpecial(builder.Start(rule), _channel, rule), Analysis, builder.End(rule), rule);
        return rule;
    }

    /// <summary>Adds a turn as a rule.</summary>
    public int AddTurn(HarmonyTurn turn)
    {
        List<Callable> tools = [.. CallableTools(turn).Select(tool => new Callable(tool, AddArguments(tool)))];
        if (turn.ToolChoice.MustCall && tools.Count == 0)
            throw new GrammarException("A call is required, but there are no tools.");
        int? answer = turn.ToolChoice.MustCall ? null : AddContent(turn.Answer);
        int rule = builder.AddRule("turn");
        TurnParts parts = new(rule, turn, tools, answer);
        int header = builder.Start(rule);
        switch (turn.Reasoning)
        {
            case HarmonyReasoning.Free:
                AddHeader(header, afterReasoning: header, parts);
                break;
            case HarmonyReasoning.Once:
                int later = builder.AddState(rule);
                AddHeader(header, afterReasoning: later, parts);
                AddHeader(later, afterReasoning: null, parts);
                break;
            default:
                AddHeader(header, afterReasoning: null, parts);
                break;
        }
        return rule;
    }

    /// <summary>Adds whatever may follow <c>&lt;|start|&gt;assistant</c>.</summary>
    /// <param name="header">The state behind that.</param>
    /// <param name="afterReasoning">The same for the message after one of reasoning; null where there may be no reasoning.</param>
    /// <param name="parts">What the turn may hold.</param>
    void AddHeader(int header, int? afterReasoning, TurnParts parts)
    {
        int rule = parts.Rule;
        int channel = AddSpecial(header, _channel, rule);
        if (afterReasoning is { } next)
            AddText(channel, Analysis, AddNextMessage(next, rule), rule);
        if (parts.Turn.Preambles && parts.Tools.Count > 0)
            AddText(channel, Commentary, AddNextMessage(header, rule), rule);
        if (parts.Answer is { } answer)
        {
            int body = AddSpecial(AddLiteral(channel, Final, rule), _message, rule);
            builder.AddSpecial(AddCall(body, answer, rule), _return, builder.End(rule));
        }
        foreach (Callable callable in parts.Tools)
        {
            HarmonyTool tool = callable.Tool;
            string name = tool.IsOnAnalysis ? Analysis : Commentary, recipient = $" to={tool.Recipient}";
            AddCallFrom(AddLiteral(channel, name + recipient, rule), callable, rule);
            if (!parts.Turn.ToolChoice.MustCall)
                AddCallFrom(AddLiteral(AddSpecial(AddLiteral(header, recipient, rule), _channel, rule), name, rule), callable, rule);
        }
    }

    /// <summary>Adds what stands behind channel and recipient of a call.</summary>
    void AddCallFrom(int from, Callable callable, int rule)
    {
        int type = callable.Tool.ContentType switch
        {
            HarmonyContentType.Json => AddLiteral(AddSpecial(AddLiteral(from, " ", rule), _constrain, rule), "json", rule),
            HarmonyContentType.Code => AddLiteral(from, " code", rule),
            _ => from,
        };
        builder.AddSpecial(AddCall(AddSpecial(type, _message, rule), callable.Arguments, rule), _call, builder.End(rule));
    }

    /// <summary>Adds a message of any text from its channel's name on.</summary>
    void AddText(int from, string channel, int to, int rule)
    {
        int body = AddSpecial(AddLiteral(from, channel, rule), _message, rule);
        int end = builder.AddState(rule);
        builder.AddText(body, RegularExpression.Anything, end);
        builder.AddSpecial(end, _end, to);
    }

    /// <summary>A state from which the next message is begun.</summary>
    int AddNextMessage(int header, int rule)
    {
        int from = builder.AddState(rule);
        builder.AddLiteral(AddSpecial(from, _start, rule), "assistant", header);
        return from;
    }

    int AddLiteral(int from, string text, int rule)
    {
        int to = builder.AddState(rule);
        builder.AddLiteral(from, text, to);
        return to;
    }

    int AddSpecial(int from, int id, int rule)
    {
        int to = builder.AddState(rule);
        builder.AddSpecial(from, id, to);
        return to;
    }

    int AddCall(int from, int called, int rule)
    {
        int to = builder.AddState(rule);
        builder.AddCall(from, called, to);
        return to;
    }

    /// <summary>Adds what calls of a tool may hold; what is not enforced is told.</summary>
    int AddArguments(HarmonyTool tool)
    {
        int known = builder.Ignored.Count;
        try
        {
            int rule = AddContent(tool.Arguments ?? AnyObject);
            for (int i = known; i < builder.Ignored.Count; i++)
                builder.Ignored[i] = OfTool(tool, builder.Ignored[i]);
            return rule;
        }
        catch (JsonSchemaException e) when (!tool.IsStrict)
        {
            builder.Ignored.RemoveRange(known, builder.Ignored.Count - known);
            builder.Ignored.Add(OfTool(tool, e));
            return AnyObject.AddTo(builder);
        }
        catch (GrammarException e)
        {
            throw new GrammarException($"Tool '{tool.Recipient}': {e.Message}", e);
        }
    }

    /// <summary>Adds what a message may hold: text, for a control token would end the message.</summary>
    int AddContent(GrammarSource source)
    {
        int firstState = builder.StateCount;
        int rule = source.AddTo(builder);
        return builder.ReadsSpecial(firstState) ? throw new GrammarException("A message holds text, but the grammar asks for a special token.") : rule;
    }

    static JsonSchemaException OfTool(HarmonyTool tool, JsonSchemaException e) => new($"{tool.Recipient} {e.Path}", e.Keyword, e.Problem);

    /// <summary>The tools that the choice leaves.</summary>
    static List<HarmonyTool> CallableTools(HarmonyTurn turn)
    {
        Dictionary<string, HarmonyTool> known = new(StringComparer.Ordinal);
        foreach (HarmonyTool tool in turn.Tools)
        {
            CheckRecipient(tool.Recipient);
            if (!known.TryAdd(tool.Recipient, tool))
                throw new GrammarException($"Two tools are called '{tool.Recipient}'.");
        }
        if (!turn.ToolChoice.MayCall)
            return [];
        return turn.ToolChoice.Recipients is not { } recipients ? [.. turn.Tools]
            : [.. recipients.Distinct(StringComparer.Ordinal).Select(recipient => known.TryGetValue(recipient, out HarmonyTool? tool) ? tool
                : throw new GrammarException($"The tool choice names '{recipient}', but the tools are {(known.Count == 0 ? "none" : string.Join(", ", known.Keys.Select(name => $"'{name}'")))}."))];
    }

    static void CheckRecipient(string recipient)
    {
        if (!HarmonyTool.IsRecipient(recipient))
            throw new GrammarException($"No header can call a tool '{recipient}': its name must be one word, and none of the conversation's roles.");
    }

    static int Find(GrammarBuilder builder, string name) =>
        builder.Vocabulary.Tokenizer.TryGetSpecial(name, out int id) ? id : throw new GrammarException($"The vocabulary has no special token '{name}', which a turn needs.");

    static GrammarSource AnyObject { get; } = GrammarSource.JsonSchema("""{"type":"object"}""");

    /// <summary>A tool, and the rule of what its calls hold.</summary>
    sealed record Callable(HarmonyTool Tool, int Arguments);

    /// <summary>What a turn may hold.</summary>
    /// <param name="Rule">The turn's own.</param>
    /// <param name="Turn">As asked for.</param>
    /// <param name="Tools">Those that may be called.</param>
    /// <param name="Answer">The rule of the answer; null where there must be a call.</param>
    sealed record TurnParts(int Rule, HarmonyTurn Turn, List<Callable> Tools, int? Answer);
}
