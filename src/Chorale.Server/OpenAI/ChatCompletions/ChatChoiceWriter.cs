using System.Text;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>Turns the events of one turn into what joins one choice, in a stream or (<see cref="ChatChoiceBuilder"/>) in a whole answer.</summary>
/// <remarks>
/// Reasoning and words to the user may come in several messages; a client sees one text of each, the parts of reasoning on lines of their own, preamble and answer with an empty line between.
/// </remarks>
/// <param name="form">How the client wants to read it.</param>
/// <param name="index">Which choice it is.</param>
/// <param name="encoding">Spells ids.</param>
/// <param name="cache">Keeps the reasoning before calls.</param>
sealed class ChatChoiceWriter(ChatAnswerForm form, int index, HarmonyEncoding encoding, ReasoningCache cache)
{
    const string BetweenThoughts = "\n", BetweenTexts = "\n\n";

    readonly StringBuilder _reasoning = new(), _content = new();
    readonly List<Message> _beforeCall = [];
    string _separator = "";
    string? _callId;
    int _calls, _callPieces;
    bool _isCustom, _hasWholeCall;

    /// <summary>What the turn cost; null until it ended.</summary>
    public ChatUsage? Usage { get; private set; }

    /// <summary>The beginning: whose message it is.</summary>
    public ChatChunkChoice Begin() => Piece(new() { Role = "assistant", Content = "" });

    /// <summary>A piece that adds nothing a reader sees.</summary>
    public ChatChunkChoice Empty() => Piece(new());

    /// <summary>What an event adds; null where the client sees nothing of it.</summary>
    public ChatChunkChoice? Next(in TurnEvent turnEvent) => turnEvent.Kind switch
    {
        TurnEventKind.PartStarted => Start(turnEvent),
        TurnEventKind.Delta => Delta(turnEvent),
        TurnEventKind.PartCompleted => Complete(turnEvent.Part!),
        _ => Finish(turnEvent.Turn!),
    };

    ChatChunkChoice? Start(in TurnEvent started)
    {
        switch (started.PartKind)
        {
            case TurnPartKind.Call:
                _callId = AnswerIds.NewCall();
                _callPieces = 0;
                string name = CallNames.ForClient(started.ToolName!, started.ToolNamespace);
                _isCustom = form.CustomTools.Contains(name);
                return Call(new() { Index = _calls++, Id = _callId, Type = _isCustom ? "custom" : "function" }, name, "");
            case TurnPartKind.Reasoning:
                _separator = _reasoning.Length > 0 ? BetweenThoughts : "";
                return null;
            default:
                _separator = _content.Length > 0 ? BetweenTexts : "";
                return null;
        }
    }

    ChatChunkChoice? Delta(in TurnEvent delta)
    {
        if (delta.PartKind == TurnPartKind.Call)
        {
            _callPieces++;
            return Call(new() { Index = _calls - 1 }, name: null, delta.Text);
        }
        string text = _separator + delta.Text;
        _separator = "";
        if (delta.PartKind == TurnPartKind.Reasoning)
        {
            _reasoning.Append(text);
            return form.ShowsReasoning ? Piece(Reasoning(text)) : null;
        }
        _content.Append(text);
        return Piece(new() { Content = text }) with { Logprobs = form.WithLogprobs ? new([.. delta.Tokens.Select(TokenLogprobOf)]) : null };
    }

    ChatDelta Reasoning(string text) => new()
    {
        Reasoning = form.ReasoningFields is ReasoningFields.Both or ReasoningFields.Reasoning ? text : null,
        ReasoningContent = form.ReasoningFields is ReasoningFields.Both or ReasoningFields.ReasoningContent ? text : null,
    };

    ChatChunkChoice? Complete(TurnPart part)
    {
        if (part.Kind is TurnPartKind.Reasoning or TurnPartKind.Preamble)
        {
            _beforeCall.Add(part.Message ?? (part.Kind == TurnPartKind.Reasoning ? HarmonyHistory.Reasoning(part.Text) : HarmonyHistory.Preamble(part.Text)));
            return null;
        }
        if (part.Kind != TurnPartKind.Call || part.Call is null)
            return null;
        _hasWholeCall = true;
        cache.Add(_callId!, new(CallNames.ForClient(part.ToolName!, part.ToolNamespace), [.. _beforeCall], _reasoning.ToString(), _content.ToString()));

        // A function without arguments is called with an empty object: what a client reads must be JSON.
        return _callPieces == 0 && !_isCustom ? Call(new() { Index = _calls - 1 }, name: null, "{}") : null;
    }

    ChatChunkChoice Finish(ChatTurn turn)
    {
        Usage = turn.Usage;
        return Piece(new()) with
        {
            FinishReason = FinishReasonOf(turn),
            StopReason = turn.StopSequence is { } text ? new(text, TokenId: null)
                : turn.TokenIds is [.., int last] && form.StopTokenIds.Contains(last) ? new(Text: null, last) : null,
            Repairs = turn.Repairs.Count == 0 ? null : [.. turn.Repairs.Select(repair => repair.Name).Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>
    /// Where the ids ran out, an answer of free text is a cut one even if its last words were followed by a proper end; JSON under a schema and arguments are whole then.
    /// </summary>
    string FinishReasonOf(ChatTurn turn) => turn.Finish switch
    {
        ChatFinish.MaxTokens or ChatFinish.ContextLength => "length",
        _ when _hasWholeCall => form.UsesFunctions ? "function_call" : "tool_calls",
        _ => turn.WasShortened && !form.HasFormat ? "length" : "stop",
    };

    ChatChunkChoice? Call(ChatToolCall call, string? name, string piece)
    {
        if (!form.UsesFunctions)
        {
            call = _isCustom ? call with { Custom = new(name, piece) } : call with { Function = new(name, piece) };
            return Piece(new() { ToolCalls = [call] });
        }
        return call.Index == 0 ? Piece(new() { FunctionCall = new(name, piece) }) : null;   // the older form has room for one
    }

    ChatChunkChoice Piece(ChatDelta delta) => new() { Index = index, Delta = delta };

    TokenLogprob TokenLogprobOf(GeneratedToken token) => Logprobs.Of(encoding.Tokenizer, token);
}
