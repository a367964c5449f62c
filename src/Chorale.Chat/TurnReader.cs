using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Reads one turn as its ids arrive: deltas, messages, usage. The tolerant parser repairs where the model left the format.</summary>
sealed class TurnReader(HarmonyEncoding encoding, CallResolver resolver, int promptTokens)
{
    readonly HarmonyParser _parser = encoding.CreateParser(Role.Assistant);
    readonly List<int> _ids = [];
    readonly List<Message> _messages = [];
    ChatUsage _usage = new() { PromptTokens = promptTokens };
    int _messageStart;
    FinishReason? _finish;

    public bool IsEmpty => _ids.Count == 0;

    /// <summary>Takes the next id.</summary>
    public ChatUpdate Read(GeneratedToken token)
    {
        _ids.Add(token.Id);
        _finish = token.Finish;
        _usage = _usage with { CachedPromptTokens = token.CachedPromptTokens };
        _parser.Push(token.Id);
        return UpdateFromParser(token.Id);
    }

    /// <summary>Ends the turn, and with it the message that was cut.</summary>
    /// <param name="cancelled">The caller ended it, not the model.</param>
    /// <param name="wasShortened">The constraint brought it to its end.</param>
    public ChatUpdate Finish(bool cancelled, bool wasShortened = false)
    {
        bool cut = cancelled || _finish is FinishReason.MaxTokens or FinishReason.ContextLength;
        _parser.Finish();
        ChatUpdate last = UpdateFromParser(id: null);
        if (cut && last.Completed is { Text: "" })
        {
            _messages.RemoveAt(_messages.Count - 1);   // no more than its header was said
            last = default;
        }
        _usage = _usage.Count(last.Completed?.Channel, _ids.Count - _messageStart);
        int whole = cut && last.Completed is not null ? _messages.Count - 1 : _messages.Count;   // a call that was cut is none
        HarmonyCall[] calls = [.. _messages.Take(whole).Select((message, i) => resolver.Resolve(message, i, _parser.Spans[i])).OfType<HarmonyCall>()];
        ChatTurn turn = new()
        {
            Messages = [.. _messages],
            Calls = calls,
            TokenIds = [.. _ids],
            Usage = _usage,
            Repairs = [.. _parser.Diagnostics.Where(diagnostic => !(cut && IsOfCut(diagnostic))), .. calls.SelectMany(call => call.Diagnostics)],
            Finish = FinishOf(cancelled, calls),
            WasShortened = wasShortened,
        };
        return last with { Turn = turn };
    }

    /// <summary>Where the turn was cut, an end that is missing and a header that was only begun are no slips of the model.</summary>
    bool IsOfCut(HarmonyDiagnostic diagnostic) => diagnostic.MessageIndex >= _messages.Count || (diagnostic.Code == DiagnosticCode.MissingEnd && diagnostic.Index == _ids.Count);

    ChatUpdate UpdateFromParser(int? id)
    {
        if (_parser.Messages.Count == _messages.Count)
            return new() { TokenId = id, Channel = _parser.Channel, Recipient = resolver.Aliases.FromWire(_parser.Recipient), Text = _parser.LastDelta.ToString() };

        Message completed = resolver.Aliases.FromWire(_parser.Messages[^1]);
        _messages.Add(completed);
        if (id is not null)
        {
            _usage = _usage.Count(completed.Channel, _ids.Count - _messageStart);
            _messageStart = _ids.Count;
        }
        return new() { TokenId = id, Channel = completed.Channel, Recipient = completed.Recipient, Text = _parser.Remainder, Completed = completed };
    }

    ChatFinish FinishOf(bool cancelled, HarmonyCall[] calls) => _finish switch
    {
        _ when cancelled => ChatFinish.Cancelled,
        FinishReason.MaxTokens => ChatFinish.MaxTokens,
        FinishReason.ContextLength => ChatFinish.ContextLength,
        _ => calls is [.., { } last] && last.MessageIndex == _messages.Count - 1 ? ChatFinish.ToolCall : ChatFinish.Stop,
    };
}
