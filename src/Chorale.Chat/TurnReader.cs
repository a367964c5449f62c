using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Reads one turn as its ids arrive: deltas, messages, calls, usage. The tolerant parser repairs where the model left the format.</summary>
sealed class TurnReader(HarmonyEncoding encoding, CallResolver resolver, int promptTokens, IReadOnlyList<string> stopSequences)
{
    readonly HarmonyParser _parser = encoding.CreateParser(Role.Assistant);
    readonly StopSequenceFilter _stop = new(stopSequences);
    readonly List<int> _ids = [];
    readonly List<Message> _messages = [];
    readonly List<HarmonyCall> _calls = [];
    ChatUsage _usage = new() { PromptTokens = promptTokens };
    int _messageStart;
    int _answerLength;
    FinishReason? _finish;

    public bool IsEmpty => _ids.Count == 0;

    /// <summary>Whether a stop sequence was found: no further id is to be read.</summary>
    public bool IsStopped => _stop.Found is not null;

    /// <summary>Takes the next id.</summary>
    public ChatUpdate Read(GeneratedToken token)
    {
        _ids.Add(token.Id);
        _finish = token.Finish;
        _usage = _usage with { CachedPromptTokens = token.CachedPromptTokens };
        _parser.Push(token.Id);
        ChatUpdate update = UpdateFromParser(token.Id, isCut: false);
        return token.LogProbability is null ? update : update with { LogProbability = token.LogProbability, TopLogProbabilities = token.TopLogProbabilities };
    }

    /// <summary>Ends the turn, and with it the message that was cut.</summary>
    /// <param name="cancelled">The caller ended it, not the model.</param>
    /// <param name="wasShortened">The constraint brought it to its end.</param>
    /// <param name="endedEarly">It was ended as a limit of ids would have.</param>
    public ChatUpdate Finish(bool cancelled, bool wasShortened = false, bool endedEarly = false)
    {
        if (endedEarly)
            _finish = FinishReason.MaxTokens;
        bool cut = !IsStopped && (cancelled || _finish is FinishReason.MaxTokens or FinishReason.ContextLength);
        _parser.Finish();
        ChatUpdate last = UpdateFromParser(id: null, cut);
        if (cut && last.Completed is { Text: "" })
        {
            _messages.RemoveAt(_messages.Count - 1);   // no more than its header was said
            last = default;
        }
        _usage = _usage.Count(last.Completed?.Channel, _ids.Count - _messageStart);
        ChatTurn turn = new()
        {
            Messages = [.. _messages],
            Calls = [.. _calls],
            TokenIds = [.. _ids],
            Usage = _usage,
            Repairs = [.. _parser.Diagnostics.Where(diagnostic => !((cut || IsStopped) && IsOfCut(diagnostic))), .. _calls.SelectMany(call => call.Diagnostics)],
            Finish = IsStopped ? ChatFinish.Stop : FinishOf(cancelled),
            StopSequence = _stop.Found,
            WasShortened = wasShortened,
        };
        return last with { Turn = turn };
    }

    /// <summary>Where the turn was cut, an end that is missing and a header that was only begun are no slips of the model.</summary>
    bool IsOfCut(HarmonyDiagnostic diagnostic) => diagnostic.MessageIndex >= _messages.Count || (diagnostic.Code == DiagnosticCode.MissingEnd && diagnostic.Index == _ids.Count);

    ChatUpdate UpdateFromParser(int? id, bool isCut)
    {
        if (_parser.Messages.Count == _messages.Count)
        {
            string? recipient = resolver.Aliases.FromWire(_parser.Recipient);
            return new() { TokenId = id, Role = _parser.Role, Channel = _parser.Channel, Recipient = recipient, Text = Visible(_parser.LastDelta.ToString(), _parser.Channel, recipient) };
        }

        Message completed = resolver.Aliases.FromWire(_parser.Messages[^1]);
        HarmonyCall? call = isCut ? null : CallOf(completed, _parser.Spans[_messages.Count]);   // a call that was cut is none
        string text = Visible(_parser.Remainder, completed.Channel, completed.Recipient);
        if (stopSequences.Count > 0 && IsAnswer(completed.Channel, completed.Recipient))
            (completed, text) = FinishAnswer(completed, text);
        _messages.Add(completed);
        if (call is not null)
            _calls.Add(call);
        if (id is not null)
        {
            _usage = _usage.Count(completed.Channel, _ids.Count - _messageStart);
            _messageStart = _ids.Count;
        }
        return new() { TokenId = id, Role = completed.Role, Channel = completed.Channel, Recipient = completed.Recipient, Text = text, Completed = completed, Call = call };
    }

    /// <summary>In the assistant's turn a recipient makes a call, also where the header names another author.</summary>
    HarmonyCall? CallOf(Message message, MessageSpan span) =>
        resolver.Resolve(message.Role != Role.Assistant && HarmonyCall.IsTool(message.Recipient) ? message with { Author = Role.Assistant } : message, _messages.Count, span);

    /// <summary>What of a text is shown by now: an answer waits while it may be the beginning of a stop sequence.</summary>
    string Visible(string text, string? channel, string? recipient)
    {
        if (stopSequences.Count == 0 || !IsAnswer(channel, recipient))
            return text;
        string visible = _stop.Push(text);
        _answerLength += visible.Length;
        return visible;
    }

    (Message Completed, string Text) FinishAnswer(Message completed, string text)
    {
        string rest = _stop.Finish();
        int length = _answerLength + rest.Length;
        _answerLength = 0;
        return (IsStopped ? completed with { Content = [new TextContent(completed.Text[..length])] } : completed, text + rest);
    }

    static bool IsAnswer(string? channel, string? recipient) => channel is not (Channels.Analysis or Channels.Commentary) && !HarmonyCall.IsTool(recipient);

    ChatFinish FinishOf(bool cancelled) => _finish switch
    {
        _ when cancelled => ChatFinish.Cancelled,
        FinishReason.MaxTokens => ChatFinish.MaxTokens,
        FinishReason.ContextLength => ChatFinish.ContextLength,
        _ => _calls is [.., { } last] && last.MessageIndex == _messages.Count - 1 ? ChatFinish.ToolCall : ChatFinish.Stop,
    };
}
