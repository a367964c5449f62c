using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chorale.Chat;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>
/// Makes a turn's events those of the Responses API, numbered, in the order that clients rely on, and the response object with them. It knows nothing of HTTP, stores or clocks.
/// One thread writes; <see cref="Response"/> may be read from any.
/// </summary>
/// <param name="ids">The response's.</param>
/// <param name="initial">The response as it begins; only status, output and what tells of the end will change.</param>
/// <param name="options">What of a turn is told, and how.</param>
sealed class ResponseEventWriter(ResponseIds ids, ResponseObject initial, ResponseWriting options)
{
    readonly ArrayBufferWriter<byte> _buffer = new(1024);
    readonly List<StoredEvent> _events = [];
    ImmutableList<OutputItem> _output = [];
    OpenItem? _open;
    int _sequence;
    bool _isEnded;

    /// <summary>The response as it is now, with the items that are whole.</summary>
    public ResponseObject Response { get; private set; } = initial;

    /// <summary>Tells that there is a response.</summary>
    public IReadOnlyList<StoredEvent> Begin()
    {
        _events.Clear();
        AddStatus(EventTypes.Created);
        if (Response.Status == ResponseStatus.Queued.NameOf())
            AddStatus(EventTypes.Queued);
        return _events;
    }

    /// <summary>Tells that the model begins.</summary>
    public IReadOnlyList<StoredEvent> Start()
    {
        _events.Clear();
        Response = Response with { Status = ResponseStatus.InProgress.NameOf() };
        AddStatus(EventTypes.InProgress);
        return _events;
    }

    /// <summary>Takes what happened in the turn.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <param name="end">Why the turn was ended early; null where it was not.</param>
    /// <returns>The events that tell of it, often none; valid until the next call.</returns>
    public IReadOnlyList<StoredEvent> Write(in TurnEvent happened, long now, ResponseEnd? end = null)
    {
        _events.Clear();
        switch (happened.Kind)
        {
            case TurnEventKind.PartStarted:
                Open(happened);
                break;
            case TurnEventKind.Delta:
                AddDelta(_open!, happened.Text, happened.Tokens);
                break;
            case TurnEventKind.PartCompleted:
                if (_open is { HasLogprobs: true })
                    _open.Logprobs.AddRange(happened.Tokens.Select(LogprobOf));
                Close(_open!, happened.Part!.IsCut);
                break;
            case TurnEventKind.TurnCompleted:
                EndTurn(happened.Turn!, now, end);
                break;
        }
        return _events;
    }

    /// <summary>Ends the response in an error; what was said until then stays. An end that was made but not sent is taken back.</summary>
    public IReadOnlyList<StoredEvent> Fail(string code, string message) => EndEarly(EventTypes.Failed, ResponseStatus.Failed, new(code, message), null);

    /// <summary>Ends the response before, or in the middle of, its turn; what was said until then stays.</summary>
    public IReadOnlyList<StoredEvent> Stop(ResponseEnd end) => EndEarly(EventTypes.Incomplete, StatusOf(end), null, DetailsOf(end));

    /// <summary>The response object in UTF-8.</summary>
    public static byte[] Serialize(ResponseObject response) => Serialize(response, ResponsesJson.Default.ResponseObject, new());

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> type, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
            JsonSerializer.Serialize(writer, value, type);
        return buffer.WrittenSpan.ToArray();
    }

    IReadOnlyList<StoredEvent> EndEarly(string type, ResponseStatus status, ResponseError? error, IncompleteDetails? details)
    {
        _events.Clear();
        if (_isEnded)
            _sequence--;
        if (_open is { } open)
            Close(open, isCut: true);
        Response = Response with { Status = status.NameOf(), Error = error, IncompleteDetails = details, CompletedAt = null };
        AddStatus(type);
        _isEnded = true;
        return _events;
    }

    void Open(in TurnEvent happened)
    {
        int index = _output.Count;
        bool isText = happened.PartKind != TurnPartKind.Call;
        bool isCustom = !isText && options.CustomTools.Contains(happened.ToolName!);
        string kind = happened.PartKind == TurnPartKind.Reasoning ? "rs" : isText ? "msg" : isCustom ? "ctc" : "fc";
        OutputItem item = new() { Id = ids.OfOutput(kind, index), Type = "", Status = "in_progress" };
        item = happened.PartKind switch
        {
            TurnPartKind.Reasoning => item with { Type = "reasoning", Summary = [], Content = [] },
            TurnPartKind.Preamble => item with { Type = "message", Role = "assistant", Phase = "commentary", Content = [] },
            TurnPartKind.Answer => item with { Type = "message", Role = "assistant", Phase = "final_answer", Content = [] },
            _ when isCustom => item with { Type = "custom_tool_call", CallId = ids.OfOutput("call", index), Name = happened.ToolName, Input = "" },
            _ => item with
            {
                Type = "function_call",
                CallId = ids.OfOutput("call", index),
                Name = happened.ToolName,
                Namespace = happened.ToolNamespace is null or "functions" ? null : happened.ToolNamespace,
                Arguments = "",
            },
        };
        _open = new(item, index, options.Logprobs && kind == "msg");
        Add(new() { Type = EventTypes.ItemAdded, SequenceNumber = _sequence, OutputIndex = index, Item = item });
        if (kind == "rs")
        {
            Add(PartEvent(EventTypes.PartAdded, OutputPart.Reasoning("")));
            if (options.Summary)
                Add(SummaryEvent(EventTypes.SummaryPartAdded) with { Part = OutputPart.Summary("") });
        }
        else if (isText)
        {
            Add(PartEvent(EventTypes.PartAdded, OutputPart.Output("")));
        }
    }

    void AddDelta(OpenItem open, string text, IReadOnlyList<GeneratedToken> tokens)
    {
        open.Text.Append(text);
        switch (open.Item.Type)
        {
            case "reasoning":
                Add(ContentEvent(EventTypes.ReasoningDelta) with { Delta = text });
                if (options.Summary)
                    Add(SummaryEvent(EventTypes.SummaryDelta) with { Delta = text });
                break;
            case "message":
                TokenLogprob[] logprobs = open.HasLogprobs ? [.. tokens.Select(LogprobOf)] : [];
                open.Logprobs.AddRange(logprobs);
                Add(ContentEvent(EventTypes.TextDelta) with { Delta = text, Logprobs = logprobs });
                break;
            case "function_call":
                Add(ItemEvent(EventTypes.ArgumentsDelta) with { Delta = text });
                break;
            default:
                Add(ItemEvent(EventTypes.InputDelta) with { Delta = text });
                break;
        }
    }

    void Close(OpenItem open, bool isCut)
    {
        string text = open.Text.ToString();
        OutputItem item = open.Item with { Status = isCut ? "incomplete" : "completed" };
        switch (item.Type)
        {
            case "reasoning":
                OutputPart reasoning = OutputPart.Reasoning(text);
                Add(ContentEvent(EventTypes.ReasoningDone) with { Text = text });
                Add(PartEvent(EventTypes.PartDone, reasoning));
                item = item with { Content = [reasoning], EncryptedContent = options.Seal?.Seal(item.Id, text) };
                if (options.Summary)
                {
                    OutputPart summary = OutputPart.Summary(text);
                    Add(SummaryEvent(EventTypes.SummaryDone) with { Text = text });
                    Add(SummaryEvent(EventTypes.SummaryPartDone) with { Part = summary });
                    item = item with { Summary = [summary] };
                }
                break;
            case "message":
                OutputPart output = OutputPart.Output(text, open.Logprobs);
                Add(ContentEvent(EventTypes.TextDone) with { Text = text, Logprobs = open.Logprobs });
                Add(PartEvent(EventTypes.PartDone, output));
                item = item with { Content = [output] };
                break;
            case "function_call":
                item = item with { Arguments = text };
                Add(ItemEvent(EventTypes.ArgumentsDone) with { Name = item.Name, Arguments = text });
                break;
            default:
                item = item with { Input = text };
                Add(ItemEvent(EventTypes.InputDone) with { Input = text });
                break;
        }
        Add(new() { Type = EventTypes.ItemDone, SequenceNumber = _sequence, OutputIndex = open.Index, Item = item });
        _output = _output.Add(item);
        Response = Response with { Output = _output };
        _open = null;
    }

    /// <remarks>No event is named for what was cancelled: it is told by the one for what is incomplete.</remarks>
    void EndTurn(ChatTurn turn, long now, ResponseEnd? end)
    {
        // Where the ids ran out, free text is cut even if a proper end followed its last words; JSON under a schema and arguments are whole then.
        bool isWhole = options.HasFormat || turn.Calls.Count > 0;
        bool isCut = (turn.WasShortened && !isWhole) || turn.Finish is not (ChatFinish.Stop or ChatFinish.ToolCall);
        if (!isCut && _output.TrueForAll(item => item.Type == "reasoning"))
        {
            // The model said nothing at all. Agents take a message for the end of their task, also an empty one, and would go round and round without.
            Open(new() { Kind = TurnEventKind.PartStarted, PartKind = TurnPartKind.Answer });
            Close(_open!, isCut: false);
        }
        Response = Response with
        {
            Status = (!isCut ? ResponseStatus.Completed : end is { } why ? StatusOf(why) : ResponseStatus.Incomplete).NameOf(),
            CompletedAt = isCut ? null : now,
            IncompleteDetails = !isCut ? null : end is { } reason ? DetailsOf(reason) : new(IncompleteDetails.MaxOutputTokens),
            Usage = ResponseUsage.Of(turn.Usage),
            Repairs = turn.Repairs.Count > 0 ? [.. turn.Repairs.Select(repair => repair.Name)] : null,
        };
        AddStatus(isCut ? EventTypes.Incomplete : EventTypes.Completed);
        _isEnded = true;
    }

    static ResponseStatus StatusOf(ResponseEnd end) => end == ResponseEnd.Cancelled ? ResponseStatus.Cancelled : ResponseStatus.Incomplete;

    static IncompleteDetails? DetailsOf(ResponseEnd end) => end == ResponseEnd.Cancelled ? null : new(IncompleteDetails.Interrupted);

    TokenLogprob LogprobOf(GeneratedToken token) => Chorale.Server.Logprobs.Of(options.Tokenizer!, token);

    ResponseEvent ItemEvent(string type) => new() { Type = type, SequenceNumber = _sequence, ItemId = _open!.Item.Id, OutputIndex = _open.Index };

    ResponseEvent ContentEvent(string type) => new() { Type = type, SequenceNumber = _sequence, ItemId = _open!.Item.Id, OutputIndex = _open.Index, ContentIndex = 0 };

    ResponseEvent SummaryEvent(string type) => new() { Type = type, SequenceNumber = _sequence, ItemId = _open!.Item.Id, OutputIndex = _open.Index, SummaryIndex = 0 };

    ResponseEvent PartEvent(string type, OutputPart part) =>
        new() { Type = type, SequenceNumber = _sequence, ItemId = _open!.Item.Id, OutputIndex = _open.Index, ContentIndex = 0, Part = part };

    void AddStatus(string type) => Add(new() { Type = type, SequenceNumber = _sequence, Response = Response });

    void Add(ResponseEvent added)
    {
        _events.Add(new(added.SequenceNumber, added.Type, Serialize(added, ResponsesJson.Default.ResponseEvent, _buffer)));
        _sequence++;
    }
}
