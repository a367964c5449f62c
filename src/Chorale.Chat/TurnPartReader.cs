using System.Text;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>Makes parts of updates: decides what each message is to the reader, and holds back what a repair may still change.</summary>
sealed class TurnPartReader(Tokenizer tokenizer, CallResolver resolver, ChatSessionOptions options)
{
    readonly List<TurnEvent> _events = [];
    readonly List<GeneratedToken> _tokens = [];
    OpenPart? _open;
    int _parts;
    bool _hasVisible;
    string _lastReasoning = "";

    /// <summary>Takes the next update.</summary>
    /// <returns>What happened; valid until the next call.</returns>
    public IReadOnlyList<TurnEvent> Read(in ChatUpdate update)
    {
        _events.Clear();
        if (update.TokenId is { } id && !tokenizer.IsSpecial(id) && (update.Channel is not null || update.Text.Length > 0))
            _tokens.Add(new(id) { LogProbability = update.LogProbability, TopLogProbabilities = update.TopLogProbabilities });
        if (update.Text.Length > 0 || update.IsCall)
            Add(update);
        if (update.Completed is { } message)
            Complete(message, update.Call, isCut: IsCut(update.Turn));
        if (update.Turn is { } turn)
            End(turn);
        return _events;
    }

    void Add(in ChatUpdate update)
    {
        OpenPart part = _open ??= Open(update.Role, update.Channel, update.Recipient);
        if (part.Kind == TurnPartKind.Call)
            Start(part);
        Show(part, part.Pass(update.Text));
    }

    void Complete(Message message, HarmonyCall? call, bool isCut)
    {
        OpenPart part = _open ?? Open(message.Role, message.Channel, message.Recipient);
        if (call is not null && part is { Kind: not TurnPartKind.Call, IsStarted: false })
            part = new(TurnPartKind.Call, call, ArgumentFilter.OfCall(call));   // its text names a tool: it is a call without a recipient
        if (part.Kind == TurnPartKind.Call)
            Start(part);
        Show(part, part.Finish(call?.Arguments));
        Close(part, message, call, isCut);
    }

    void End(ChatTurn turn)
    {
        if (_open is { } cut)
            Close(cut, message: null, call: null, isCut: true);
        if (!_hasVisible && _lastReasoning.Length > 0 && turn is { Finish: ChatFinish.Stop, StopSequence: null })
        {
            OpenPart answer = new(TurnPartKind.Answer, null, null);
            Show(answer, _lastReasoning);
            Close(answer, message: null, call: null, isCut: false);
        }
        _events.Add(new() { Kind = TurnEventKind.TurnCompleted, PartIndex = _parts, Turn = turn });
    }

    void Start(OpenPart part)
    {
        if (part.IsStarted)
            return;
        part.IsStarted = true;
        _events.Add(Of(TurnEventKind.PartStarted, part));
    }

    void Show(OpenPart part, string text)
    {
        if (text.Length == 0)
            return;
        Start(part);
        part.Shown.Append(text);
        _events.Add(Of(TurnEventKind.Delta, part) with { Text = text, Tokens = TakeTokens() });
    }

    void Close(OpenPart part, Message? message, HarmonyCall? call, bool isCut)
    {
        if (part.IsStarted)
        {
            TurnPart whole = new()
            {
                Index = _parts,
                Kind = part.Kind,
                Text = part.Shown.ToString(),
                ToolName = part.Call?.Name,
                ToolNamespace = part.Call?.Namespace,
                Call = call,
                IsCut = isCut,
                Message = message,
            };
            _events.Add(Of(TurnEventKind.PartCompleted, part) with { Part = whole, Tokens = TakeTokens() });
            _parts++;
            _hasVisible |= part.Kind != TurnPartKind.Reasoning;
            if (part.Kind == TurnPartKind.Reasoning)
                _lastReasoning = whole.Text;
        }
        _tokens.Clear();
        _open = null;
    }

    TurnEvent Of(TurnEventKind kind, OpenPart part) =>
        new() { Kind = kind, PartIndex = _parts, PartKind = part.Kind, ToolName = part.Call?.Name, ToolNamespace = part.Call?.Namespace };

    GeneratedToken[] TakeTokens()
    {
        if (_tokens.Count == 0)
            return [];
        GeneratedToken[] tokens = [.. _tokens];
        _tokens.Clear();
        return tokens;
    }

    static bool IsCut(ChatTurn? turn) => turn is { Finish: ChatFinish.MaxTokens or ChatFinish.ContextLength or ChatFinish.Cancelled };

    OpenPart Open(Role? role, string? channel, string? recipient)
    {
        if (HarmonyCall.IsTool(recipient))
        {
            HarmonyCall call = resolver.Resolve(Message.FunctionCall(recipient!, ""))!;   // the tool is known before its arguments are
            return new(TurnPartKind.Call, call, ArgumentFilter.OfCall(call, options.RepairArguments));
        }
        TurnPartKind kind = channel switch
        {
            _ when role is not (null or Role.Assistant) => TurnPartKind.Reasoning,   // what the model says in another's name is no answer
            Channels.Analysis => TurnPartKind.Reasoning,
            Channels.Commentary => options.Answer is null ? TurnPartKind.Preamble : TurnPartKind.Reasoning,
            _ => TurnPartKind.Answer,
        };
        return new(kind, null, kind == TurnPartKind.Reasoning ? null : ArgumentFilter.OfAnswer(options.RepairArguments && resolver.HasTools));
    }

    /// <summary>The part being written.</summary>
    sealed class OpenPart(TurnPartKind kind, HarmonyCall? call, ArgumentFilter? filter)
    {
        public TurnPartKind Kind { get; } = kind;

        public HarmonyCall? Call { get; } = call;

        public bool IsStarted { get; set; }

        public StringBuilder Shown { get; } = new();

        public string Pass(string text) => filter?.Push(text) ?? text;

        public string Finish(string? arguments) => (arguments is null ? filter?.Cut() : filter?.Finish(arguments)) ?? "";
    }
}
